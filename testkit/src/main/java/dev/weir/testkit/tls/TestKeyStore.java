package dev.weir.testkit.tls;

import dev.weir.testkit.host.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Key stores for tests, such as the secret of a cluster. */
public final class TestKeyStore {
    private TestKeyStore() {}

    /**
     * Makes a PKCS #12 key store that is valid for 99 days, with one EC key and the password {@code changeit}. Uses the
     * program {@code keytool} of the JDK.
     *
     * @return the file
     * @throws IOException if the program fails
     */
    public static Path in(Path folder, String name) throws IOException {
        Path file = folder.resolve(name);
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String options = "-genkeypair -alias weir -keyalg EC -dname CN=weir -validity 99 -storetype PKCS12"
                + " -storepass changeit -keystore";
        List<String> command = new ArrayList<>(List.of(keytool));
        command.addAll(List.of(options.split(" ")));
        command.add(file.toString());
        Program.output(command);
        return file;
    }
}
