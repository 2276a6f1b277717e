package dev.weir.nbd.tls;

import java.io.IOException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Locale;
import org.bouncycastle.jcajce.util.DefaultJcaJceHelper;
import org.bouncycastle.tls.crypto.Tls13Verifier;
import org.bouncycastle.tls.crypto.TlsStreamSigner;
import org.bouncycastle.tls.crypto.TlsStreamVerifier;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's ciphers and signatures for TLS. They use the machine's instructions for AES and hashes. The JDK has one
 * name for RSASSA-PSS with the hash as a parameter. The library has one name for each hash.
 *
 * <p>Thread-safe.
 */
final class JdkCrypto extends JcaTlsCrypto {
    JdkCrypto(SecureRandom random) {
        super(new DefaultJcaJceHelper(), random, random);
    }

    private static String name(String algorithm) {
        return algorithm.toUpperCase(Locale.ROOT).endsWith("WITHRSAANDMGF1") ? "RSASSA-PSS" : algorithm;
    }

    @Override
    protected TlsStreamSigner createStreamSigner(
            String algorithm, @Nullable AlgorithmParameterSpec parameter, PrivateKey key, boolean needsRandom)
            throws IOException {
        return super.createStreamSigner(name(algorithm), parameter, key, needsRandom);
    }

    @Override
    protected TlsStreamVerifier createStreamVerifier(
            String algorithm, @Nullable AlgorithmParameterSpec parameter, byte[] signature, PublicKey key)
            throws IOException {
        return super.createStreamVerifier(name(algorithm), parameter, signature, key);
    }

    @Override
    protected Tls13Verifier createTls13Verifier(
            String algorithm, @Nullable AlgorithmParameterSpec parameter, PublicKey key) throws IOException {
        return super.createTls13Verifier(name(algorithm), parameter, key);
    }
}
