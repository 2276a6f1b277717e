package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockDeviceFactory;
import dev.weir.block.Operation;
import dev.weir.drive.settings.DriveSettings;
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
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples in the package summaries of the API compile. The policy keeps a limit and the device answers late. */
class PackageExamplesTest {
    private static final Path API = Path.of("../api/src/main/java/dev/weir");
    private static final List<String> PACKAGES = List.of("block", "block/filter", "throttle", "throttle/arithmetic");
    private static final Pattern EXAMPLE = Pattern.compile("<pre>\\{@code\n(.*?)\n \\* \\}</pre>", Pattern.DOTALL);
    private static final Pattern CLASS = Pattern.compile("class (\\w+)");

    private static ClassLoader examples = PackageExamplesTest.class.getClassLoader();

    private final EngineFixture fixture = new EngineFixture(System.identityHashCode(this), Runnable::run);

    /** Writes each example of the packages to a source file. */
    private static List<Path> sources(Path folder) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String name : PACKAGES) {
            String text = Files.readString(API.resolve(name).resolve("package-info.java"));
            List<MatchResult> found = EXAMPLE.matcher(text).results().toList();
            assertFalse(found.isEmpty(), name);
            for (MatchResult example : found) {
                String code = example.group(1).replaceAll("(?m)^ \\* ?", "");
                Matcher first = CLASS.matcher(code);
                assertTrue(first.find(), name);
                sources.add(Files.writeString(folder.resolve(first.group(1) + ".java"), code));
            }
        }
        return sources;
    }

    @BeforeAll
    static void compile(@TempDir Path folder) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertNotNull(compiler);
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            Iterable<? extends JavaFileObject> sources = files.getJavaFileObjectsFromPaths(sources(folder));
            List<String> options = List.of(
                    "-proc:none", "-Xlint:-options", "-d", "" + folder, "-cp", System.getProperty("java.class.path"));
            compiler.getTask(messages, files, null, options, null, sources).call();
        }
        assertEquals("", messages.toString());
        examples = URLClassLoader.newInstance(new URL[] {folder.toUri().toURL()}, examples);
    }

    private static Object example(String name) throws ReflectiveOperationException {
        return examples.loadClass(name).getDeclaredConstructor().newInstance();
    }

    @Test
    void examplePolicyKeepsALimit() throws Exception {
        fixture.engine.addPolicies((ThrottlePolicyFactory) example("PacePolicyFactory"), 0);
        fixture.configure("vm1", "pace", null, Map.of("iops", 100L));
        Load load = new Load(fixture, "vm1", Operation.READ, 512, 4);
        fixture.clock.advance(10 * EngineFixture.SECOND);
        assertEquals(1000, load.requests(), 2);
        fixture.configure("vm1", "pace", null, Map.of("iops", 1000L));
        fixture.clock.advance(EngineFixture.SECOND);
        assertEquals(2000, load.requests(), 12);
    }

    @Test
    void exampleDeviceAnswersLate() throws Exception {
        fixture.engine.addBackends((BlockDeviceFactory) example("LateZeroFactory"), 0);
        fixture.engine.configure(DriveSettings.builder("vm1", "late-zero")
                .options(Map.of("size", 1L << 20))
                .build());
        for (Operation operation : List.of(Operation.READ, Operation.WRITE, Operation.TRIM, Operation.BLOCK_STATUS)) {
            TestRequest request = fixture.submit("vm1", operation, 4096, 512);
            fixture.clock.advance(4_999_999);
            assertFalse(request.isCompleted(), () -> "" + operation);
            fixture.clock.advance(1);
            assertTrue(request.isCompleted(), () -> "" + operation);
            assertNull(request.error(), () -> "" + operation);
        }
    }
}
