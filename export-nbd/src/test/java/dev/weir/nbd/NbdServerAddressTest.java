package dev.weir.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.nbd.connection.Reply;
import dev.weir.nbd.connection.Requests;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server whose addresses change, are taken or are faulty. */
@Timeout(60)
class NbdServerAddressTest extends NbdServerFixture {

    NbdServerAddressTest(@TempDir Path folder) {
        super(folder);
    }

    @Test
    void changedAddressKeepsConnections() throws Exception {
        Path second = folder.resolve("new/second.sock");
        try (NbdClient client = NbdClient.to(unix(), "vm1")) {
            server.listen(List.of("unix:" + second, "unix:relative", "tcp:127.0.0.1:0"));

            assertFalse(Files.exists(socket));
            assertThrows(IOException.class, () -> NbdClient.to(unix(), "vm1").close());
            assertEquals(List.of("unix:relative: must be unix:/path, absolute"), server.faults());
            assertEquals(2, server.addresses().size());
            NbdClient.to(UnixDomainSocketAddress.of(second), "vm1").close();
            client.send(new Requests().flush(1));
            assertEquals(Reply.ok(1), client.reply());

            server.listen(List.of("unix:" + second));
            assertEquals(List.of(), server.faults());
            assertEquals(List.of("unix:" + second), server.addresses());
        }
    }

    @Test
    void closedPortIsFree() throws Exception {
        String port = server.addresses().get(1);
        server.listen(List.of());
        server.listen(List.of(port));
        server.listen(List.of(port.replace("127.0.0.1", "localhost")));

        assertEquals(List.of(), server.faults());
    }

    @Test
    void takenAddressIsTriedAgain() throws Exception {
        String address;
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = "tcp:127.0.0.1:" + other.getLocalPort();
            server.listen(List.of(address));
            assertFalse(server.retry());
            assertEquals(List.of(address + ": Address already in use"), server.faults());
        }

        assertTrue(server.retry());
        assertEquals(List.of(), server.faults());
        assertEquals(List.of(address), server.addresses());
        assertFalse(server.retry());
    }
}
