package dev.weir.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.weir.nbd.connection.Exports;
import dev.weir.nbd.spec.Nbd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A server with one drive on a Unix socket and a TCP port. It checks for leaks after each test. */
abstract class NbdServerFixture {
    static final int SIZE = 8 << 20;
    static final int FLAGS = Nbd.NBD_FLAG_C_FIXED_NEWSTYLE | Nbd.NBD_FLAG_C_NO_ZEROES;

    final MemoryDrive drive = new MemoryDrive("vm1", SIZE, false);
    final Exports exports = new Exports();
    final NbdServer server = new NbdServer(exports);

    final Path folder;
    final Path socket;

    NbdServerFixture(Path folder) {
        this.folder = folder;
        socket = folder.resolve("nbd.sock");
    }

    @BeforeEach
    void start() throws IOException {
        exports.add(drive);
        server.start();
        server.listen(List.of("unix:" + socket, "tcp:127.0.0.1:0"));
    }

    /** Checks that all buffers are back after the clients have left. */
    @AfterEach
    void stop() {
        server.close();
        server.loops().forEach(loop -> assertEquals(0, loop.pool().lent()));
        assertEquals(0, drive.lent());
        assertFalse(Files.exists(socket));
    }

    final SocketAddress unix() {
        return UnixDomainSocketAddress.of(socket);
    }

    final SocketAddress tcp() {
        String address = server.addresses().get(1);
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Waits until every thread of the server has done its pending work. */
    final void settle() throws InterruptedException {
        for (int i = 0; i < 2; i++) {
            CountDownLatch done = new CountDownLatch(server.loops().size());
            server.loops().forEach(loop -> loop.execute(done::countDown));
            done.await();
        }
    }
}
