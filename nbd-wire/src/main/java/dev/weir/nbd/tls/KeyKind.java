package dev.weir.nbd.tls;

import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.DefaultTlsCredentialedSigner;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsEd25519Signer;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsEd448Signer;
import org.jspecify.annotations.Nullable;

/** The kinds of server keys that TLS can use. */
enum KeyKind {
    RSA("SHA256withRSA"),
    P_256("SHA256withECDSA"),
    P_384("SHA384withECDSA"),
    P_521("SHA512withECDSA"),
    ED25519("Ed25519"),
    ED448("Ed448");

    private static final List<Integer> RSA_PSS = List.of(
            SignatureScheme.rsa_pss_rsae_sha256,
            SignatureScheme.rsa_pss_rsae_sha384,
            SignatureScheme.rsa_pss_rsae_sha512);

    /** Signature schemes for TLS 1.2. TLS 1.3 forbids PKCS #1 in handshakes. */
    private static final List<Integer> RSA_OF_TLS_12 = List.of(
            SignatureScheme.rsa_pss_rsae_sha256,
            SignatureScheme.rsa_pss_rsae_sha384,
            SignatureScheme.rsa_pss_rsae_sha512,
            SignatureScheme.rsa_pkcs1_sha256,
            SignatureScheme.rsa_pkcs1_sha384,
            SignatureScheme.rsa_pkcs1_sha512);

    private static final Map<ASN1ObjectIdentifier, KeyKind> BY_ALGORITHM = Map.of(
            PKCSObjectIdentifiers.rsaEncryption, RSA,
            EdECObjectIdentifiers.id_Ed25519, ED25519,
            EdECObjectIdentifiers.id_Ed448, ED448);

    private static final Map<ASN1ObjectIdentifier, KeyKind> BY_CURVE = Map.of(
            SECObjectIdentifiers.secp256r1, P_256,
            SECObjectIdentifiers.secp384r1, P_384,
            SECObjectIdentifiers.secp521r1, P_521);

    private static final int[] RSA_SUITES = {
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
    };

    /** Cipher suites of ECDSA keys. RFC 8422 uses them for EdDSA keys too. */
    private static final int[] OTHER_SUITES = {
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
    };

    private final String signature;

    KeyKind(String signature) {
        this.signature = signature;
    }

    /** Returns the kind of a key. Null if TLS cannot use the key. */
    static @Nullable KeyKind of(PublicKey key) {
        AlgorithmIdentifier algorithm =
                SubjectPublicKeyInfo.getInstance(key.getEncoded()).getAlgorithm();
        boolean hasCurve = algorithm.getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey);
        if (hasCurve && algorithm.getParameters() instanceof ASN1ObjectIdentifier curve) {
            return BY_CURVE.get(curve);
        }
        return BY_ALGORITHM.get(algorithm.getAlgorithm());
    }

    /** Returns the JDK's name of the signature algorithm. */
    String signature() {
        return signature;
    }

    /** Returns the signature schemes of a protocol version, the preferred one first. */
    List<Integer> schemes(boolean tls13) {
        return switch (this) {
            case RSA -> tls13 ? RSA_PSS : RSA_OF_TLS_12;
            case P_256 -> List.of(SignatureScheme.ecdsa_secp256r1_sha256);
            case P_384 -> List.of(SignatureScheme.ecdsa_secp384r1_sha384);
            case P_521 -> List.of(SignatureScheme.ecdsa_secp521r1_sha512);
            case ED25519 -> List.of(SignatureScheme.ed25519);
            case ED448 -> List.of(SignatureScheme.ed448);
        };
    }

    /** Returns the TLS 1.2 cipher suites of the key. */
    int[] suites() {
        return (this == RSA ? RSA_SUITES : OTHER_SUITES).clone();
    }

    /**
     * Returns a signer for one handshake. EdDSA keys need their own signers because the JDK calls the algorithm of
     * both curves {@code EdDSA}.
     */
    TlsCredentials signer(
            TlsCryptoParameters parameters,
            JcaTlsCrypto crypto,
            PrivateKey key,
            Certificate certificate,
            SignatureAndHashAlgorithm algorithm) {
        return switch (this) {
            case ED25519 ->
                new DefaultTlsCredentialedSigner(
                        parameters, new JcaTlsEd25519Signer(crypto, key), certificate, algorithm);
            case ED448 ->
                new DefaultTlsCredentialedSigner(
                        parameters, new JcaTlsEd448Signer(crypto, key), certificate, algorithm);
            default -> new JcaDefaultTlsCredentialedSigner(parameters, crypto, key, certificate, algorithm);
        };
    }
}
