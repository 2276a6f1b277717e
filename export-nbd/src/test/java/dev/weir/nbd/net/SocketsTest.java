package dev.weir.nbd.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketsTest {
    @Test
    void unixSocketBufferIsWidened(@TempDir Path folder) throws IOException {
        try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                SocketChannel client = connect(listening, UnixDomainSocketAddress.of(folder.resolve("socket")))) {
            int before = bytes(client);
            Sockets.widen(client);
            int wide = bytes(client);
            assertTrue(wide > before, () -> before + ", " + wide);

            client.setOption(StandardSocketOptions.SO_SNDBUF, 2 * wide);
            int wider = bytes(client);
            Sockets.widen(client);
            assertEquals(wider, bytes(client));
        }
    }

    @Test
    void tcpBufferIsLeftToTheSystem() throws IOException {
        try (ServerSocketChannel listening = ServerSocketChannel.open();
                SocketChannel client = connect(listening, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            client.setOption(StandardSocketOptions.SO_SNDBUF, 4096);
            int before = bytes(client);
            Sockets.widen(client);
            assertEquals(before, bytes(client));
        }
    }

    private static SocketChannel connect(ServerSocketChannel listening, SocketAddress address) throws IOException {
        return SocketChannel.open(listening.bind(address).getLocalAddress());
    }

    private static int bytes(SocketChannel socket) throws IOException {
        return socket.getOption(StandardSocketOptions.SO_SNDBUF);
    }
}
