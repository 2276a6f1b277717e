package dev.weir.backend.nbd;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.block.BlockDevice;
import dev.weir.testkit.block.BlockDeviceContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract of devices, with nbdkit's sparse memory as the server. Skipped without nbdkit. */
class NbdkitContractTest extends BlockDeviceContract {
    private static final NbdDeviceFactory FACTORY = new NbdDeviceFactory();
    private static final RealClock CLOCK = new RealClock();
    private static final List<Process> SERVERS = new ArrayList<>();

    private final Path folder;

    NbdkitContractTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeAll
    static void findServer() {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(each -> Files.isExecutable(Path.of(each, "nbdkit"))),
                "needs nbdkit");
    }

    @Override
    protected BlockDevice openDevice(long size) throws IOException {
        Path socket = folder.resolve(SERVERS.size() + ".sock");
        Process server = new ProcessBuilder("nbdkit", "--foreground", "--unix", socket.toString(), "memory", size + "")
                .inheritIO()
                .start();
        SERVERS.add(server);
        RealServersTest.awaitServer(server, socket);
        return FACTORY.open("vm1", Map.of("uri", "nbd+unix:///?socket=" + socket), false, CLOCK);
    }

    @AfterAll
    static void endServers() {
        SERVERS.forEach(Process::destroyForcibly);
        FACTORY.close();
        CLOCK.close();
    }
}
