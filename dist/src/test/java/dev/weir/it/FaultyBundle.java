package dev.weir.it;

import dev.weir.block.BlockBackendFactory;
import dev.weir.testkit.block.FaultyBackends;
import dev.weir.testkit.block.FaultyBackends.Call;
import dev.weir.testkit.block.FaultyBackends.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * A bundle with the backend {@code faulty}: what is read from or written to its first blocks goes wrong, in each block
 * in the way that stands at that place in {@link Fault}.
 * The first goes well and the last hangs; then it begins again.
 */
public final class FaultyBundle implements BundleActivator {
    static final int BLOCK = 4096;
    private static final int SIZE = 1 << 20;

    @Override
    public void start(BundleContext context) {
        FaultyBackends.Script script = (call, offset) -> call == Call.READ || call == Call.WRITE
                ? Fault.values()[(int) (offset / BLOCK % Fault.values().length)]
                : Fault.NONE;
        context.registerService(BlockBackendFactory.class, new FaultyBackends(SIZE, true, script), null);
    }

    @Override
    public void stop(BundleContext context) {
        // its service goes with the bundle
    }

    /** Writes the bundle to a file. */
    static void write(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", "test-faulty");
        headers.putValue("Bundle-Version", "1.0.0");
        headers.putValue("Bundle-Activator", FaultyBundle.class.getName());
        headers.putValue("Import-Package", "org.osgi.framework,dev.weir.block;version=\"[1,2)\"");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            put(out, FaultyBundle.class);
            // which classes there are differs from one compiler to the next
            for (Class<?> part : FaultyBackends.class.getNestMembers()) {
                put(out, part);
            }
        }
    }

    private static void put(JarOutputStream out, Class<?> part) throws IOException {
        String name = part.getName().replace('.', '/') + ".class";
        try (InputStream in = part.getClassLoader().getResourceAsStream(name)) {
            out.putNextEntry(new JarEntry(name));
            Objects.requireNonNull(in, name).transferTo(out);
        }
    }
}
