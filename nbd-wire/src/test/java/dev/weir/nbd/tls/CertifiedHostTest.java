package dev.weir.nbd.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts against the names of a certificate. */
class CertifiedHostTest {
    private static X509Certificate certificate(String name) throws TlsFileException {
        return PemFile.certificates(TestKeys.file(name)).get(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "disk.example.org",
                "DISK.example.org",
                "disk.example.org.",
                "a.pool.example.org",
                "grün.example.org",
                "127.0.0.1",
                "::1",
                "0:0:0:0:0:0:0:1"
            })
    void listedHostMatches(String host) throws Exception {
        CertifiedHost.check(certificate("hosts-cert.pem"), host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "example.org",
                "x.disk.example.org",
                "pool.example.org",
                "a.b.pool.example.org",
                ".pool.example.org",
                "*.other.example.org",
                "cn.example.org",
                "mail.example.org",
                "127.0.0.2",
                "::2",
                "1.2.3.4.5",
                "999.1.1.1",
                ""
            })
    void otherHostIsRefused(String host) throws Exception {
        X509Certificate certificate = certificate("hosts-cert.pem");

        CertificateException refused =
                assertThrows(CertificateException.class, () -> CertifiedHost.check(certificate, host));

        assertEquals(
                "the certificate is not for " + host
                        + " but for disk.example.org, *.pool.example.org, xn--grn-ioa.example.org, 127.0.0.1,"
                        + " 0:0:0:0:0:0:0:1",
                refused.getMessage());
    }

    @Test
    void commonNameDoesNotCount() throws Exception {
        X509Certificate certificate = certificate("no-host-cert.pem");

        CertificateException refused =
                assertThrows(CertificateException.class, () -> CertifiedHost.check(certificate, "cn.example.org"));

        assertEquals(
                "the certificate is not for cn.example.org but for no host: it has no subject alternative name",
                refused.getMessage());
    }
}
