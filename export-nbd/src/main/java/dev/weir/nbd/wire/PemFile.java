package dev.weir.nbd.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * Reads certificates and keys in the forms in which certtool, openssl and others write them. What is thrown names the
 * file and what is wrong with it.
 */
final class PemFile {
    private PemFile() {}

    /** Reads all certificates of a file, of which there must be one at least. */
    static List<X509Certificate> certificates(Path file) throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .forEach(certificate -> certificates.add((X509Certificate) certificate));
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": there is no such file", e);
        } catch (CertificateException e) {
            throw new IOException(file + ": must hold certificates in PEM form: " + e.getMessage(), e);
        }
        if (certificates.isEmpty()) {
            throw new IOException(file + ": must hold a certificate in PEM form");
        }
        return certificates;
    }

    /**
     * Reads a private key that is not encrypted.
     *
     * @param owner the public key that it must belong to
     */
    static PrivateKey privateKey(Path file, PublicKey owner) throws IOException {
        byte[] pkcs8;
        try (Reader reader = Files.newBufferedReader(file);
                PemReader pem = new PemReader(reader)) {
            pkcs8 = pkcs8(file, pem);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": there is no such file", e);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": the key cannot be read: " + e.getMessage(), e);
        }
        try {
            String algorithm = owner.getAlgorithm();
            PrivateKey key = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            if (belongs(key, owner)) {
                return key;
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(file + ": the key is not one of the certificate's: " + e.getMessage(), e);
        }
        throw new IOException(file + ": the key does not belong to the certificate");
    }

    private static byte[] pkcs8(Path file, PemReader pem) throws IOException {
        for (PemObject object = pem.readPemObject(); object != null; object = pem.readPemObject()) {
            byte[] content = object.getContent();
            if (object.getType().equals("ENCRYPTED PRIVATE KEY")) {
                throw new IOException(file + ": the key is encrypted; it must not be, for nobody could be asked");
            }
            byte[] key =
                    switch (object.getType()) {
                        case "PRIVATE KEY" -> content;
                        case "RSA PRIVATE KEY" -> rsa(RSAPrivateKey.getInstance(content));
                        case "EC PRIVATE KEY" -> ec(ECPrivateKey.getInstance(content));
                        default -> null; // openssl puts the parameters of a curve in front of the key
                    };
            if (key != null) {
                return key;
            }
        }
        throw new IOException(file + ": must hold a private key in PEM form");
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

    private static boolean belongs(PrivateKey key, PublicKey owner) throws GeneralSecurityException {
        String algorithm =
                switch (owner.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> owner.getAlgorithm();
                };
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        byte[] signature = signer.sign();
        signer.initVerify(owner);
        return signer.verify(signature);
    }
}
