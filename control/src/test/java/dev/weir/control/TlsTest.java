package dev.weir.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.control.RawHttp.Reply;
import dev.weir.testkit.tls.TestCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The API over TLS with a certificate and key in PEM files. */
@Timeout(60)
final class TlsTest {
    private final Path folder;

    TlsTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static SSLContext trusting(Path certificate) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(certificate)) {
            store.setCertificateEntry(
                    "a", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void tokenWorksOverTlsAndPlainHttpDoesNot() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
        TestCertificate tls = TestCertificate.in(folder);
        try (ApiFixture weir = new ApiFixture(folder, tls.certificate(), tls.key())) {
            String token = weir.tokens.add("alice", true);
            String request = "GET /v1/status HTTP/1.1\r\n" + weir.host() + "Authorization: Bearer " + token
                    + "\r\nConnection: close\r\n\r\n";
            try (Socket socket =
                    trusting(tls.certificate()).getSocketFactory().createSocket("127.0.0.1", weir.port())) {
                socket.getOutputStream().write(request.getBytes(UTF_8));
                Reply reply = Reply.of(new String(socket.getInputStream().readAllBytes(), UTF_8));
                assertEquals(200, reply.status());
                assertTrue(reply.body().contains("vm1"));
            }
            assertThrows(IllegalStateException.class, () -> Reply.of(RawHttp.exchange(weir.tcp, request)));
        }
    }

    @Test
    void unusableKeyIsNamed() throws IOException {
        Path broken = Files.writeString(folder.resolve("cert.pem"), "no certificate");
        IOException failure = assertThrows(IOException.class, () -> new ApiFixture(folder, broken, broken));
        assertTrue(String.valueOf(failure.getMessage()).contains("cert.pem"), failure::toString);
    }
}
