package dev.weir.it;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.osgi.framework.BundleActivator;

/**
 * A bundle that a test writes as a jar.
 *
 * @param name symbolic name
 * @param version version
 * @param activator activator
 * @param imports imported packages beside those of the framework
 * @param classes further classes
 */
record TestBundle(
        String name,
        String version,
        Class<? extends BundleActivator> activator,
        String imports,
        List<? extends Class<?>> classes) {

    /** Writes a bundle with a component of Declarative Services to a file. */
    static void writeComponent(Path jar, String name, String version, Class<?> component) throws IOException {
        Manifest manifest = manifest(name, version);
        manifest.getMainAttributes().putValue("Service-Component", "OSGI-INF/component.xml");
        String xml =
                """
                <component xmlns="http://www.osgi.org/xmlns/scr/v1.3.0" name="%s" immediate="true">
                  <implementation class="%s"/>
                </component>
                """
                        .formatted(name, component.getName());
        write(jar, manifest, List.of(component), xml);
    }

    /** Writes the bundle to a file. */
    void write(Path jar) throws IOException {
        Manifest manifest = manifest(name, version);
        Attributes headers = manifest.getMainAttributes();
        headers.putValue("Bundle-Activator", activator.getName());
        headers.putValue("Import-Package", "org.osgi.framework" + (imports.isEmpty() ? "" : "," + imports));
        List<Class<?>> parts = new ArrayList<>(classes);
        parts.add(activator);
        write(jar, manifest, parts, "");
    }

    private static Manifest manifest(String name, String version) {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", name);
        headers.putValue("Bundle-Version", version);
        return manifest;
    }

    /** Writes a jar, which appears under its name when it is complete. */
    private static void write(Path jar, Manifest manifest, List<Class<?>> parts, String component) throws IOException {
        Path unfinished = jar.resolveSibling(jar.getFileName() + ".new");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(unfinished), manifest)) {
            for (Class<?> part : parts) {
                put(out, part);
            }
            if (!component.isEmpty()) {
                out.putNextEntry(new JarEntry("OSGI-INF/component.xml"));
                out.write(component.getBytes(StandardCharsets.UTF_8));
            }
        }
        Files.move(unfinished, jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void put(JarOutputStream out, Class<?> part) throws IOException {
        String name = part.getName().replace('.', '/') + ".class";
        try (InputStream in = part.getClassLoader().getResourceAsStream(name)) {
            out.putNextEntry(new JarEntry(name));
            Objects.requireNonNull(in, name).transferTo(out);
        }
    }
}
