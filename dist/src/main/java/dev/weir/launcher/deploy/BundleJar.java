package dev.weir.launcher.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;

/**
 * A bundle's jar that was read completely and is valid.
 *
 * @param name symbolic name
 * @param version version
 */
record BundleJar(String name, Version version) {

    /**
     * Reads a jar.
     *
     * @throws UnusableJarException if it is truncated, damaged or not a bundle
     */
    static BundleJar read(Path file) throws IOException, UnusableJarException {
        if (Files.size(file) == 0) {
            throw new UnusableJarException("it is empty");
        }
        try (JarFile jar = new JarFile(file.toFile(), false)) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                check(jar, entry);
            }
            return of(jar.getManifest());
        } catch (IOException e) {
            throw new UnusableJarException("it is cut off or damaged (%s)".formatted(e.getMessage()));
        }
    }

    private static void check(JarFile jar, JarEntry entry) throws IOException {
        CRC32 crc = new CRC32();
        try (InputStream in = new CheckedInputStream(jar.getInputStream(entry), crc)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        if (entry.getCrc() != -1 && entry.getCrc() != crc.getValue()) {
            throw new IOException("wrong checksum of " + entry.getName());
        }
    }

    private static BundleJar of(@Nullable Manifest manifest) throws UnusableJarException {
        Attributes headers = manifest == null ? new Attributes() : manifest.getMainAttributes();
        String name = headers.getValue(Constants.BUNDLE_SYMBOLICNAME);
        if (name == null) {
            throw new UnusableJarException("it is not an OSGi bundle (its manifest has no Bundle-SymbolicName)");
        }
        try {
            return new BundleJar(
                    name.split(";", 2)[0].strip(), Version.parseVersion(headers.getValue(Constants.BUNDLE_VERSION)));
        } catch (IllegalArgumentException e) {
            throw new UnusableJarException("its Bundle-Version is invalid (%s)".formatted(e.getMessage()));
        }
    }

    /** Returns whether a bundle has this name and version. */
    boolean is(Bundle bundle) {
        return name.equals(bundle.getSymbolicName()) && version.equals(bundle.getVersion());
    }

    @Override
    public String toString() {
        return name + " " + version;
    }
}
