package dev.weir.nbd.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A listening descriptor of another owner becomes a channel. */
final class PassedSocketsTest {

    private static void serves(ServerSocketChannel owner) throws IOException {
        SocketAddress address = Objects.requireNonNull(owner.getLocalAddress());
        int descriptor = PassedSockets.copy(address);
        owner.close();
        try (ServerSocketChannel adopted = PassedSockets.adopt(descriptor, address);
                SocketChannel client = SocketChannel.open(address)) {
            try (SocketChannel accepted = adopted.accept()) {
                assertNotNull(accepted);
                client.write(ByteBuffer.wrap(new byte[] {7}));
                ByteBuffer got = ByteBuffer.allocate(1);
                accepted.read(got);
                assertEquals(7, got.get(0));
            }
        }
    }

    @Test
    void unixSocketIsAdopted(@TempDir Path folder) throws IOException {
        serves(ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(folder.resolve("s"))));
    }

    @Test
    void tcpSocketIsAdopted() throws IOException {
        serves(ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }
}
