package dev.weir.it;

import dev.weir.block.BlockBackendFactory;
import dev.weir.testkit.block.BackendScript;
import dev.weir.testkit.block.BackendScript.Call;
import dev.weir.testkit.block.BackendScript.Fault;
import dev.weir.testkit.block.ScriptedBackends;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * A bundle with the backend {@code faulty}. Block N fails in the way of the Nth constant of {@link Fault}: the first
 * works, the last hangs, and the sequence repeats.
 */
public final class FaultyBundle implements BundleActivator {
    static final int BLOCK = 4096;
    private static final int SIZE = 1 << 20;

    @Override
    public void start(BundleContext context) {
        BackendScript script = access -> access.call() == Call.READ || access.call() == Call.WRITE
                ? Fault.values()[(int) (access.offset() / BLOCK % Fault.values().length)]
                : Fault.NONE;
        ScriptedBackends backends = new ScriptedBackends("faulty", SIZE, script).mayBlock(true);
        context.registerService(BlockBackendFactory.class, backends, null);
    }

    @Override
    public void stop(BundleContext context) {
        // the framework unregisters its service
    }

    /** Writes the bundle to a file. */
    static void write(Path jar) throws IOException {
        // compilers differ in the classes that they generate
        List<Class<?>> classes = Stream.of(ScriptedBackends.class, BackendScript.class)
                .flatMap(each -> Stream.of(each.getNestMembers()))
                .collect(Collectors.toList());
        new TestBundle("test-faulty", "1.0.0", FaultyBundle.class, "dev.weir.block;version=\"[1,2)\"", classes)
                .write(jar);
    }
}
