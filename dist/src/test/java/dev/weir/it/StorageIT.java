package dev.weir.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.weir.it.Storage.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real storage of other projects behind a drive, used by real clients. */
class StorageIT {
    private static final int MIB = 1 << 20;

    private final Path folder;

    StorageIT(@TempDir Path folder) {
        this.folder = folder;
    }

    private Path random(String name) throws IOException {
        byte[] bytes = new byte[(int) Storage.BYTES];
        new Random().nextBytes(bytes);
        return Files.write(folder.resolve(name), bytes);
    }

    private Weir serve(Storage storage) throws IOException {
        Path configuration = Files.writeString(folder.resolve("weir.conf"), storage.configuration());
        return Weir.start(folder.resolve("home"), "--config", configuration.toString());
    }

    private static void run(String... command) {
        Client.need(command[0]);
        Client.run(command).ok();
    }

    private void assertContents(Weir weir, Path expected) throws IOException {
        Path copy = folder.resolve("copy.img");
        run("nbdcopy", weir.uri("vm1"), copy.toString());
        assertEquals(-1, Files.mismatch(expected, copy));
        run("qemu-img", "compare", "-f", "raw", "-F", "raw", expected.toString(), weir.uri("vm1"));
    }

    @ParameterizedTest
    @EnumSource
    void realClientsReadAndWrite(Kind kind) throws IOException {
        Path old = random("old.img");
        try (Storage storage = Storage.of(kind, folder, old);
                Weir weir = serve(storage)) {
            assertEquals(Storage.BYTES, RawNbd.size(weir.socket(), "vm1"));
            assertContents(weir, old);
            if (!storage.isReadOnly()) {
                Path changed = random("new.img");
                run("nbdcopy", changed.toString(), weir.uri("vm1"));
                assertContents(weir, changed);
                verify(weir);
                trim(weir, storage.tellsHoles());
            }
            assertEquals(0, weir.stop());
        }
    }

    private static void verify(Weir weir) {
        Client.needFio();
        FioLoad.verify(weir.uri("vm1"), "--bs=16k", "--size=" + Storage.BYTES, "--fsync=64");
    }

    /** Discarded and zeroed ranges read as zeroes, and the map covers the drive. */
    private static void trim(Weir weir, boolean tellsHoles) {
        run("qemu-io", "-f", "raw", "-c", "discard 4M 4M", "-c", "write -z -u 16M 4M", weir.uri("vm1"));
        run("qemu-io", "-f", "raw", "-c", "read -P 0 16M 4M", "-c", "write -P 7 5M 64k", weir.uri("vm1"));
        String map = Client.run("qemu-img", "map", "--output=json", "-f", "raw", weir.uri("vm1"))
                .ok()
                .out();
        List<? extends Config> extents =
                ConfigFactory.parseString("map = " + map).getConfigList("map");
        long end = 0;
        for (Config extent : extents) {
            assertEquals(end, extent.getLong("start"), map);
            end += extent.getLong("length");
        }
        assertEquals(Storage.BYTES, end, map);
        assertTrue(
                !tellsHoles
                        || extents.stream()
                                .anyMatch(each -> each.getBoolean("zero")
                                        && each.getLong("start") <= 16 * MIB
                                        && each.getLong("start") + each.getLong("length") >= 20 * MIB),
                map);
    }

    @Test
    void passwordOfTheStorageIsShownNowhere() throws IOException {
        try (Storage storage = Storage.of(Kind.HTTP_PASSWORD, folder, random("old.img"))) {
            Path configuration = Files.writeString(folder.resolve("weir.conf"), storage.configuration());
            Path logback = Files.writeString(
                    folder.resolve("debug.xml"),
                    """
                    <configuration>
                      <appender name="log" class="ch.qos.logback.core.FileAppender">
                        <file>${weir.home}/log/weir.log</file>
                        <encoder><pattern>%d %level %logger: %msg%n</pattern></encoder>
                      </appender>
                      <root level="debug"><appender-ref ref="log"/></root>
                    </configuration>
                    """);
            try (Weir weir = Weir.launchWith(
                    "-Dlogback.configurationFile=" + logback,
                    folder.resolve("home"),
                    "--config",
                    configuration.toString())) {
                weir.awaitReady();
                run("nbdinfo", weir.uri("vm1"));
                assertTrue(weir.log().contains("\"execute\":\"blockdev-add\""), weir::log);
                assertNotShown(weir.log());
                assertNotShown(weir.ask("drive vm1 --json").ok().out());
                assertNotShown(weir.ask("drive vm1").ok().out());
                for (ProcessHandle each :
                        ProcessHandle.of(weir.pid()).orElseThrow().descendants().toList()) {
                    assertNotShown(Files.readString(Path.of("/proc/%d/cmdline".formatted(each.pid()))));
                    assertNotShown(Files.readString(Path.of("/proc/%d/environ".formatted(each.pid()))));
                }
            }
        }
    }

    private static void assertNotShown(String text) {
        assertFalse(text.contains(Storage.SECRET), text);
        assertFalse(text.contains(Base64.getEncoder().encodeToString(Storage.SECRET.getBytes(UTF_8))), text);
    }
}
