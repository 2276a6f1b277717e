package dev.weir.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.control.RawHttp.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Starts the server on the configured addresses. */
@Timeout(30)
final class ControlEndpointTest {
    private final Path socket;
    private final EngineFixture weir;
    private final ControlEndpoint endpoint;

    ControlEndpointTest(@TempDir Path folder) {
        socket = folder.resolve("api.sock");
        weir = new EngineFixture(folder);
        endpoint = new ControlEndpoint((InstalledServices) weir.services());
    }

    @AfterEach
    void close() throws InterruptedException {
        endpoint.stop();
        weir.close();
    }

    private void awaitFaults(int count) {
        while (endpoint.get().size() != count) {
            LockSupport.parkNanos(10_000_000);
        }
    }

    @Test
    void unusableAddressLeavesTheOthersAlone() throws IOException {
        String request = "GET /v1/version HTTP/1.1\r\nHost: a\r\n";
        SocketChannel client;
        Map<String, Object> settings;
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String taken = "tcp:127.0.0.1:" + other.getLocalPort();
            settings = Map.of("listen", new String[] {"unix:" + socket, taken});
            endpoint.start(settings);
            awaitFaults(1);
            String fault = "control.listen = " + taken + ": cannot listen: ";
            assertTrue(endpoint.get().get(0).startsWith(fault), endpoint.get().toString());
            client = RawHttp.connect(UnixDomainSocketAddress.of(socket));
            RawHttp.send(client, request + "\r\n");
            assertTrue(client.read(ByteBuffer.allocate(4096)) > 0);
        }
        endpoint.configure(settings);
        awaitFaults(0);
        try (client) {
            RawHttp.send(client, request + "Connection: close\r\n\r\n");
            assertEquals(404, Reply.of(RawHttp.readAll(client)).status());
        }
    }
}
