package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.testkit.host.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS with real clients, all on GnuTLS, and with certificates and keys of certtool and psktool. */
class TlsIT {
    private static final int BYTES = 16 << 20;

    @TempDir
    private static Path folder;

    private static Weir weir;
    private static int port;

    /** A server without pre-shared keys, which has another library of TLS. */
    private static Weir certified;

    private static int certifiedPort;

    @BeforeAll
    static void start() throws IOException {
        Client.need("certtool", "psktool", "nbdinfo", "nbdcopy", "qemu-img");
        port = Ports.free();
        Path authority = Files.createDirectory(folder.resolve("authority"));
        template(authority, "ca", "cn = Weir test CA\nca\ncert_signing_key");
        key(authority, "ca");
        certtool("--generate-self-signed", "--load-privkey", authority + "/ca-key.pem", authority, "ca");
        certificate(authority, "server", "server", "cn = localhost\ndns_name = localhost\ntls_www_server\nsigning_key");
        certificate(authority, "alice", "client", "cn = alice\norganization = Example\ntls_www_client\nsigning_key");
        certificate(authority, "carol", "client", "cn = carol\ntls_www_client\nsigning_key");
        Client.run("psktool", "-u", "bob", "-p", folder.resolve("keys.psk").toString())
                .ok();
        Files.writeString(folder.resolve("weir.conf"), configuration(port));
        weir = Weir.start(
                folder.resolve("home"), "--config", folder.resolve("weir.conf").toString());
        certificate(
                authority,
                "dave",
                "client",
                "cn = dave\ntls_www_client\nsigning_key",
                "--key-type=rsa",
                "--sec-param=medium");
        certifiedPort = Ports.free();
        Path plain = Files.writeString(
                folder.resolve("certified.conf"),
                configuration(certifiedPort).replace(", tls-psk = keys.psk", "").replace("[bob,", "[dave,"));
        certified = Weir.start(folder.resolve("certified"), "--config", plain.toString());
    }

    private static String configuration(int port) {
        return """
                weir {
                  nbd {
                    listen = ["tcp:127.0.0.1:%d"], tls = required, tls-psk = keys.psk
                    tls-certificate = server/server-cert.pem, tls-key = server/server-key.pem
                    tls-client-ca = authority/ca-cert.pem
                  }
                  drives {
                    shared.backend { type = memory, size = 16M }
                    secret { backend { type = memory, size = 16M }, clients = [bob, "CN=alice,O=Example"] }
                  }
                }
                """
                .formatted(port);
    }

    private static void template(Path in, String name, String text) throws IOException {
        Files.writeString(in.resolve(name + ".info"), text + "\n");
    }

    private static void key(Path in, String name, String... kind) {
        List<String> command = new ArrayList<>(List.of("certtool", "--generate-privkey"));
        command.addAll(kind.length == 0 ? List.of("--key-type=ecdsa", "--curve=secp256r1") : List.of(kind));
        command.addAll(List.of("--outfile", in + "/" + name + "-key.pem"));
        Client.run(command.toArray(String[]::new)).ok();
    }

    private static void certtool(String what, String option, String value, Path in, String name) {
        Client.run(
                        "certtool",
                        what,
                        option,
                        value,
                        "--template",
                        in + "/" + name + ".info",
                        "--outfile",
                        in + "/" + name + "-cert.pem")
                .ok();
    }

    /** Makes a folder with the files that clients and QEMU's servers expect. */
    private static void certificate(Path authority, String who, String role, String text, String... kind)
            throws IOException {
        Path in = Files.createDirectories(folder.resolve(who));
        template(in, role, text);
        key(in, role, kind);
        Client.run(
                        "certtool",
                        "--generate-certificate",
                        "--load-ca-certificate",
                        authority + "/ca-cert.pem",
                        "--load-ca-privkey",
                        authority + "/ca-key.pem",
                        "--load-privkey",
                        in + "/" + role + "-key.pem",
                        "--template",
                        in + "/" + role + ".info",
                        "--outfile",
                        in + "/" + role + "-cert.pem")
                .ok();
        if (Files.notExists(in.resolve("ca-cert.pem"))) {
            Files.copy(authority.resolve("ca-cert.pem"), in.resolve("ca-cert.pem"));
        }
    }

    /** Makes the folder of a client whose subject certtool cannot write. */
    private static void subject(String who, String subject) throws IOException {
        Path in = Files.createDirectories(folder.resolve(who));
        Path authority = folder.resolve("authority");
        key(in, "client");
        openssl(
                "req",
                "-new",
                "-key",
                in + "/client-key.pem",
                "-multivalue-rdn",
                "-subj",
                subject,
                "-out",
                in + "/csr");
        openssl(("x509 -req -days 9 -in %1$s/csr -CA %2$s/ca-cert.pem -CAkey %2$s/ca-key.pem -set_serial 77"
                        + " -out %1$s/client-cert.pem")
                .formatted(in, authority)
                .split(" "));
        Files.copy(authority.resolve("ca-cert.pem"), in.resolve("ca-cert.pem"));
    }

    private static void openssl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Client.run(command.toArray(String[]::new)).ok();
    }

    @AfterAll
    static void stop() {
        if (weir != null) {
            weir.close();
        }
        if (certified != null) {
            certified.close();
        }
    }

    private static String certified(String who, String drive) {
        return "nbds://localhost:%d/%s?tls-certificates=%s".formatted(port, drive, folder.resolve(who));
    }

    private static String keyed(String drive) {
        return "nbds://bob@localhost:%d/%s?tls-psk-file=%s".formatted(port, drive, folder.resolve("keys.psk"));
    }

    @Test
    void copiesOverTlsAreIdentical() throws IOException {
        byte[] random = new byte[BYTES];
        new Random().nextBytes(random);
        Path data = Files.write(folder.resolve("data"), random);
        Path copy = folder.resolve("copy");
        Client.run("nbdcopy", data.toString(), certified("alice", "secret")).ok();
        Client.run("nbdcopy", keyed("secret"), copy.toString()).ok();
        assertEquals(-1, Files.mismatch(data, copy));
    }

    @ParameterizedTest
    @CsvSource({"x509, 1.2", "x509, 1.3", "psk, 1.2", "psk, 1.3"})
    void qemu(String kind, String version) {
        String credentials = kind.equals("x509")
                ? "tls-creds-x509,dir=" + folder.resolve("alice")
                : "tls-creds-psk,username=bob,dir=" + folder;
        Client.Result info = Client.run(
                        "qemu-img",
                        "info",
                        "--object",
                        credentials + ",id=t,endpoint=client,priority=NORMAL:-VERS-ALL:+VERS-TLS" + version,
                        "--image-opts",
                        "driver=nbd,host=localhost,port=%d,export=secret,tls-creds=t".formatted(port))
                .ok();
        assertTrue(info.out().contains("16 MiB"), info.out());
    }

    /** Dave has an RSA certificate. */
    @ParameterizedTest
    @CsvSource({"alice, 1.2", "alice, 1.3", "dave, 1.2", "dave, 1.3"})
    void serverWithoutPreSharedKeys(String who, String version) throws IOException {
        byte[] random = new byte[BYTES];
        new Random().nextBytes(random);
        Path data = Files.write(folder.resolve("sent"), random);
        Path copy = folder.resolve("read");
        Files.deleteIfExists(copy);
        Client.run("nbdcopy", data.toString(), certified(who, "secret").replace(":" + port, ":" + certifiedPort))
                .ok();
        Client.run(
                        "qemu-img",
                        "convert",
                        "--object",
                        "tls-creds-x509,dir=%s,id=t,endpoint=client,priority=NORMAL:-VERS-ALL:+VERS-TLS%s"
                                .formatted(folder.resolve(who), version),
                        "--image-opts",
                        "driver=nbd,host=localhost,port=%d,export=secret,tls-creds=t".formatted(certifiedPort),
                        "-O",
                        "raw",
                        copy.toString())
                .ok();
        assertEquals(-1, Files.mismatch(data, copy));
    }

    /** The shell shows URIs to which a client adds only its own credentials. */
    @Test
    void shownUriConnects() {
        String shown = Client.run(Weir.command(folder.resolve("home"), "exec", "drive secret"), "")
                .ok()
                .out();
        String uri = "nbds://127.0.0.1:%d/secret".formatted(port);
        assertTrue(shown.contains("attach    " + uri + "\n"), shown);
        assertTrue(shown.contains("clients   only bob; CN=alice,O=Example\n"), shown);
        Client.run("nbdinfo", uri.replace("//", "//bob@") + "?tls-psk-file=" + folder.resolve("keys.psk"))
                .ok();
    }

    @Test
    void plaintextLearnsNothing() {
        Client.Result plain = Client.run("nbdinfo", "--list", "nbd://localhost:" + port);
        assertNotEquals(0, plain.status());
        assertFalse((plain.out() + plain.err()).contains("shared"), plain.out() + plain.err());
        assertNotEquals(
                0,
                Client.run("nbdinfo", "nbd://localhost:%d/shared".formatted(port))
                        .status());
    }

    /** Carol's certificate is valid, but Carol is not listed. */
    @Test
    void restrictedDriveIsHidden() {
        String seen =
                Client.run("nbdinfo", "--list", certified("carol", "")).ok().out();
        assertTrue(seen.contains("shared") && !seen.contains("secret"), seen);
        String all =
                Client.run("nbdinfo", "--list", certified("alice", "")).ok().out();
        assertTrue(all.contains("shared") && all.contains("secret"), all);
        Client.Result hidden = Client.run("nbdinfo", certified("carol", "secret"));
        Client.Result missing = Client.run("nbdinfo", certified("carol", "nothing"));
        assertNotEquals(0, hidden.status());
        assertEquals(missing.err().replace("nothing", "secret"), hidden.err());
    }

    /** The common name is found by type; the first attribute of that part of the subject says bob. */
    @Test
    void commonNameIsFoundByItsType() throws IOException {
        Client.need("openssl");
        subject("mallory", "/OU=bob+CN=mallory/O=Example");

        String seen =
                Client.run("nbdinfo", "--list", certified("mallory", "")).ok().out();

        assertTrue(seen.contains("shared") && !seen.contains("secret"), seen);
        assertNotEquals(0, Client.run("nbdinfo", certified("mallory", "secret")).status());
    }

    @ParameterizedTest
    @CsvSource({"two, /CN=bob/CN=mallory", "twoInOne, /CN=bob+CN=mallory"})
    void severalCommonNamesAreNotLetIn(String who, String subject) throws IOException {
        Client.need("openssl");
        subject(who, subject);

        assertNotEquals(0, Client.run("nbdinfo", certified(who, "shared")).status());
        weir.awaitLogged("has 2 common names", 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "ed448"})
    void edwardsCurveKeysServe(String type) throws IOException {
        Path in = Files.createDirectories(folder.resolve(type));
        Path both = in.resolve("both.pem");
        template(in, "own", "cn = localhost\ndns_name = localhost\ntls_www_server\ntls_www_client\nsigning_key\nca");
        Client.run("certtool", "--generate-privkey", "--key-type=" + type, "--outfile", in + "/own-key.pem")
                .ok();
        certtool("--generate-self-signed", "--load-privkey", in + "/own-key.pem", in, "own");
        Files.writeString(
                both, Files.readString(in.resolve("own-key.pem")) + Files.readString(in.resolve("own-cert.pem")));
        Files.copy(in.resolve("own-cert.pem"), in.resolve("ca-cert.pem"));
        Files.copy(in.resolve("own-cert.pem"), in.resolve("client-cert.pem"));
        Files.copy(in.resolve("own-key.pem"), in.resolve("client-key.pem"));
        int here = Ports.free();
        Path configuration = Files.writeString(
                in.resolve("weir.conf"),
                """
                weir {
                  nbd {
                    listen = ["tcp:127.0.0.1:%d"], tls = required, tls-certificate = both.pem, tls-key = both.pem
                    tls-client-ca = ca-cert.pem
                  }
                  drives.own { backend { type = memory, size = 1M }, clients = [localhost] }
                }
                """
                        .formatted(here));
        try (Weir own = Weir.start(in.resolve("home"), "--config", configuration.toString())) {
            Client.run("nbdinfo", "nbds://localhost:%d/own?tls-certificates=%s".formatted(here, in))
                    .ok();
            assertEquals("", own.faults());
        }
    }

    @Test
    void accessNeedsACertificateOrKey() throws IOException {
        Path nobody = Files.createDirectories(folder.resolve("nobody"));
        Files.copy(folder.resolve("authority/ca-cert.pem"), nobody.resolve("ca-cert.pem"));
        assertNotEquals(0, Client.run("nbdinfo", certified("nobody", "shared")).status());
        Path wrong = Files.writeString(folder.resolve("wrong.psk"), "bob:00112233445566778899aabbccddeeff\n");
        assertNotEquals(
                0,
                Client.run("nbdinfo", keyed("shared").replace(folder + "/keys.psk", wrong.toString()))
                        .status());
    }

    /** The next client sees a renewed certificate. A key that does not match rejects the whole configuration. */
    @Test
    void certificatesAreReloaded() throws IOException {
        Path key = folder.resolve("server/server-key.pem");
        byte[] before = Files.readAllBytes(key);
        Files.write(key, Files.readAllBytes(folder.resolve("alice/client-key.pem")));
        Files.writeString(folder.resolve("weir.conf"), configuration(port).replace("secret {", "other {"));
        Client.Result refused = weir.exec("reload");
        assertEquals(1, refused.status(), refused::out);
        assertTrue(refused.err().startsWith("weir: nothing was changed:\nweir.conf:4: nbd.tls-key = "), refused::err);
        assertTrue(refused.err().contains("the key does not belong to the certificate"), refused::err);
        Client.run("nbdinfo", certified("alice", "secret")).ok();
        Files.writeString(folder.resolve("weir.conf"), configuration(port));
        Files.write(key, before);
        certificate(
                folder.resolve("authority"),
                "server",
                "server",
                "cn = renamed\ndns_name = renamed\ntls_www_server\nsigning_key");
        weir.exec("reload").ok();
        for (int i = 0; Client.run("nbdinfo", certified("alice", "secret")).status() == 0; i++) {
            assertTrue(i < 100, "the old certificate is still in use");
        }
        certificate(
                folder.resolve("authority"),
                "server",
                "server",
                "cn = localhost\ndns_name = localhost\ntls_www_server\nsigning_key");
        weir.exec("reload").ok();
        for (int i = 0; Client.run("nbdinfo", certified("alice", "secret")).status() != 0; i++) {
            assertTrue(i < 100, "the new certificate is not in use");
        }
    }

    /** Remote plaintext needs explicit consent, and every start warns of it. */
    @Test
    void remotePlaintextNeedsConsent() {
        List<String> open = List.of("-drive", "id=a,memory=1M", "--listen", "tcp:0.0.0.0:0");
        try (Weir refused = Weir.launch(folder.resolve("refused"), open.toArray(String[]::new))) {
            assertEquals(1, refused.awaitEnd());
            assertTrue(refused.errors().contains("nbd.allow-plaintext-tcp"), refused.errors());
        }
    }
}
