package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Operation;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples in the package summaries of the API compile, and the policy among them keeps a limit. */
class PackageExamplesTest {
    private static final Path API = Path.of("../api/src/main/java/dev/weir");
    private static final List<String> PACKAGES = List.of("block", "block/filter", "throttle", "throttle/arithmetic");
    private static final Pattern EXAMPLE = Pattern.compile("<pre>\\{@code\n(.*?)\n \\* \\}</pre>", Pattern.DOTALL);
    private static final Pattern CLASS = Pattern.compile("class (\\w+)");

    private final Path folder;

    PackageExamplesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** Writes the example of each package to a source file. */
    private List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String name : PACKAGES) {
            Matcher example = EXAMPLE.matcher(Files.readString(API.resolve(name).resolve("package-info.java")));
            assertTrue(example.find(), name);
            String code = example.group(1).replaceAll("(?m)^ \\* ?", "");
            Matcher first = CLASS.matcher(code);
            assertTrue(first.find(), name);
            sources.add(Files.writeString(folder.resolve(first.group(1) + ".java"), code));
        }
        return sources;
    }

    private ClassLoader compiled() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertNotNull(compiler);
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            Iterable<? extends JavaFileObject> sources = files.getJavaFileObjectsFromPaths(sources());
            List<String> options = List.of(
                    "-proc:none", "-Xlint:-options", "-d", "" + folder, "-cp", System.getProperty("java.class.path"));
            compiler.getTask(messages, files, null, options, null, sources).call();
        }
        assertEquals("", messages.toString());
        return URLClassLoader.newInstance(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
    }

    @Test
    void examplePolicyKeepsALimit() throws Exception {
        Object factory = compiled()
                .loadClass("PacePolicyFactory")
                .getDeclaredConstructor()
                .newInstance();
        EngineFixture fixture = new EngineFixture(System.identityHashCode(this), Runnable::run);
        fixture.engine.addPolicies((ThrottlePolicyFactory) factory, 0);
        fixture.configure("vm1", "pace", null, Map.of("iops", 100L));
        Load load = new Load(fixture, "vm1", Operation.READ, 512, 4);
        fixture.clock.advance(10 * EngineFixture.SECOND);
        assertEquals(1000, load.requests(), 2);
        fixture.configure("vm1", "pace", null, Map.of("iops", 1000L));
        fixture.clock.advance(EngineFixture.SECOND);
        assertEquals(2000, load.requests(), 12);
    }
}
