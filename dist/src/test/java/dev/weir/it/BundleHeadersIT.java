package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Version;

/** The manifests of Weir's bundles, as other frameworks and repositories read them. */
class BundleHeadersIT {
    private static List<Path> bundles() throws IOException {
        try (Stream<Path> jars = Files.walk(Path.of(System.getProperty("weir.folder"), "bundles"))) {
            return jars.filter(jar -> jar.getFileName().toString().startsWith("weir-"))
                    .toList();
        }
    }

    private static Attributes headers(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.getManifest().getMainAttributes();
        }
    }

    @Test
    void bundlesNameVendorLicenceAndDocumentation() throws IOException {
        List<Path> bundles = bundles();
        assertTrue(bundles.size() >= 10, bundles::toString);
        for (Path bundle : bundles) {
            Attributes headers = headers(bundle);
            assertEquals("The Weir developers", headers.getValue("Bundle-Vendor"), bundle::toString);
            assertEquals("Apache-2.0", headers.getValue("Bundle-License"), bundle::toString);
            assertTrue(headers.getValue("Bundle-DocURL").startsWith("https://"), bundle::toString);
            try (JarFile file = new JarFile(bundle.toFile())) {
                assertNotNull(file.getEntry("META-INF/LICENSE"), bundle::toString);
                assertNotNull(file.getEntry("META-INF/NOTICE"), bundle::toString);
            }
        }
    }

    @Test
    void snapshotsSortBelowTheirRelease() throws IOException {
        for (Path bundle : bundles()) {
            Version version = Version.parseVersion(headers(bundle).getValue("Bundle-Version"));
            Version release = new Version(version.getMajor(), version.getMinor(), version.getMicro(), "RELEASE");
            boolean snapshot = System.getProperty("weir.version").endsWith("-SNAPSHOT");
            assertTrue(snapshot ? version.compareTo(release) < 0 : version.equals(release), bundle + " " + version);
        }
    }

    @Test
    void servicesRegisteredByHandAreCapabilities() throws IOException {
        Map<String, List<String>> services = Map.of(
                "weir-engine",
                List.of("drive.Drive", "drive.control.DriveControl", "drive.control.GroupControl"),
                "weir-config",
                List.of("drive.settings.ConfigurationSource", "drive.definition.Definitions"),
                "weir-export-nbd",
                List.of("drive.export.DriveExport"));
        for (Path bundle : bundles()) {
            String provided = String.valueOf(headers(bundle).getValue("Provide-Capability"));
            String name = bundle.getFileName().toString().replaceFirst("-\\d.*", "");
            for (String service : services.getOrDefault(name, List.of())) {
                assertTrue(provided.contains("objectClass:List<String>=\"dev.weir." + service + "\""), provided);
            }
        }
    }

    @Test
    void packagesOfOneJvmAreOptional() throws IOException {
        for (Path bundle : bundles()) {
            for (String clause : headers(bundle).getValue("Import-Package").split(",(?=[a-z])", -1)) {
                assertTrue(
                        !clause.startsWith("com.sun.management") || clause.contains("resolution:=optional"),
                        bundle + " " + clause);
            }
        }
    }
}
