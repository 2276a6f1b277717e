package dev.weir.testkit.tls;

import dev.weir.testkit.host.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A self-signed certificate for {@code localhost} and {@code 127.0.0.1} with its key, in PEM files.
 *
 * @param certificate the file of the certificate
 * @param key the file of the key
 */
public record TestCertificate(Path certificate, Path key) {
    /**
     * Makes a certificate that is valid for two days, with the program {@code openssl}.
     *
     * @throws IOException if the program is missing or fails
     */
    public static TestCertificate in(Path folder) throws IOException {
        TestCertificate made = new TestCertificate(folder.resolve("cert.pem"), folder.resolve("key.pem"));
        String options =
                "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
                        + " -addext subjectAltName=DNS:localhost,IP:127.0.0.1";
        List<String> command = new ArrayList<>(List.of(options.split(" ")));
        command.addAll(List.of("-out", made.certificate.toString(), "-keyout", made.key.toString()));
        Program.output(command);
        return made;
    }
}
