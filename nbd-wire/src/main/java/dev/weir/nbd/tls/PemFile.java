package dev.weir.nbd.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.util.io.pem.PemHeader;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads certificates and keys in PEM format as certtool and openssl write them. One file may hold both because each
 * reader takes only the blocks of its type. Exceptions name the file and its fault.
 */
final class PemFile {
    /** Sample that is signed to match a key with its certificate. JDK 17 cannot sign an empty message with EdDSA. */
    private static final byte[] SAMPLE = {1};

    private PemFile() {}

    /**
     * Reads all certificates of a file.
     *
     * @throws TlsFileException if the file holds no certificate or is damaged
     */
    static List<X509Certificate> certificates(Path file) throws TlsFileException {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (PemObject block : blocks(file)) {
                if (block.getType().endsWith("CERTIFICATE")) {
                    certificates.add((X509Certificate)
                            factory.generateCertificate(new ByteArrayInputStream(block.getContent())));
                }
            }
        } catch (CertificateException e) {
            throw new TlsFileException(file, "a certificate cannot be read: " + e.getMessage(), e);
        }
        if (certificates.isEmpty()) {
            throw new TlsFileException(file, "must hold a certificate in PEM form", null);
        }
        return certificates;
    }

    /**
     * Reads the first private key of a file.
     *
     * @param kind the kind of {@code owner}
     * @param owner the public key that the private key must match
     * @throws TlsFileException if the file holds no key or if the key is encrypted, damaged or of another certificate
     */
    static PrivateKey privateKey(Path file, KeyKind kind, PublicKey owner) throws TlsFileException {
        byte[] pkcs8 = pkcs8(file);
        boolean fits;
        PrivateKey key;
        try {
            key = KeyFactory.getInstance(owner.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            fits = belongs(key, kind, owner);
        } catch (GeneralSecurityException e) {
            throw new TlsFileException(
                    file, "the key is of another type than the certificate, or damaged: " + e.getMessage(), e);
        }
        if (!fits) {
            throw new TlsFileException(
                    file, "the key does not belong to the certificate, which must be the first in its file", null);
        }
        return key;
    }

    private static List<PemObject> blocks(Path file) throws TlsFileException {
        // comments between the blocks may be in any encoding
        String text = new String(SmallFile.read(file), ISO_8859_1);
        List<PemObject> blocks = new ArrayList<>();
        try (PemReader pem = new PemReader(new StringReader(text))) {
            for (PemObject block = pem.readPemObject(); block != null; block = pem.readPemObject()) {
                blocks.add(block);
            }
        } catch (IOException | RuntimeException e) { // the library throws either for damaged text
            throw new TlsFileException(file, "is damaged: " + e.getMessage(), e);
        }
        return blocks;
    }

    private static byte[] pkcs8(Path file) throws TlsFileException {
        for (PemObject block : blocks(file)) {
            if (isEncrypted(block)) {
                throw new TlsFileException(
                        file,
                        "the key is encrypted, and Weir cannot ask for its password: "
                                + "decrypt it with 'openssl pkey -in FILE -out NEW' and keep the new file private",
                        null);
            }
            byte[] key;
            try {
                key = pkcs8(block);
            } catch (IOException | RuntimeException e) { // the library throws either for damaged keys
                throw new TlsFileException(file, "the key cannot be read: " + e.getMessage(), e);
            }
            if (key != null) {
                return key;
            }
        }
        throw new TlsFileException(file, "must hold a private key in PEM form", null);
    }

    /** Returns whether a key is encrypted. PKCS #8 has a block type for that and older formats have a header. */
    private static boolean isEncrypted(PemObject block) {
        return block.getType().equals("ENCRYPTED PRIVATE KEY")
                || ((List<?>) block.getHeaders()).stream().anyMatch(header -> ((PemHeader) header)
                        .getValue()
                        .contains("ENCRYPTED"));
    }

    private static byte @Nullable [] pkcs8(PemObject block) throws IOException {
        byte[] content = block.getContent();
        return switch (block.getType()) {
            case "PRIVATE KEY" -> content;
            case "RSA PRIVATE KEY" -> rsa(RSAPrivateKey.getInstance(content));
            case "EC PRIVATE KEY" -> ec(ECPrivateKey.getInstance(content));
            default -> null; // skips the curve parameters that openssl writes before a key
        };
    }

    private static byte[] rsa(RSAPrivateKey key) throws IOException {
        return pkcs8(new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE), key);
    }

    private static byte[] ec(ECPrivateKey key) throws IOException {
        return pkcs8(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, key.getParametersObject()), key);
    }

    private static byte[] pkcs8(AlgorithmIdentifier algorithm, ASN1Encodable key) throws IOException {
        return new PrivateKeyInfo(algorithm, key).getEncoded();
    }

    private static boolean belongs(PrivateKey key, KeyKind kind, PublicKey owner) throws GeneralSecurityException {
        Signature signer = Signature.getInstance(kind.signature());
        signer.initSign(key);
        signer.update(SAMPLE);
        byte[] signature = signer.sign();
        signer.initVerify(owner);
        signer.update(SAMPLE);
        return signer.verify(signature);
    }
}
