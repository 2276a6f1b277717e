package dev.weir.nbd.net;

import com.sun.jna.Native;
import dev.weir.nbd.unix.InheritedSocket;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The listening sockets that systemd passes to the process. Java takes over only one, {@link InheritedSocket}. A
 * channel for a further descriptor is made from a bound channel of Java: its descriptor becomes a copy of the passed
 * one (see {@code docs/design/decisions/055-socket-activation.md}). Thread-safe.
 */
final class PassedSockets {
    /** System property of the start script: the numbers of further descriptors, separated by commas. */
    private static final String FURTHER = "weir.inherited-sockets";

    private static final int UNIX = 1;
    private static final int IPV4 = 2;
    private static final int IPV6 = 10;
    private static final int ADDRESS_BYTES = 128;

    private static final Set<Integer> LEFT = Arrays.stream(
                    System.getProperty(FURTHER, "").split(","))
            .filter(number -> number.matches("\\d+"))
            .map(Integer::valueOf)
            .collect(Collectors.toCollection(ConcurrentHashMap::newKeySet));

    /** Functions of the C library. */
    private static final class LibC {
        static {
            Native.register(LibC.class, "c");
        }

        private LibC() {}

        static native int dup(int descriptor);

        static native int dup2(int from, int to);

        static native int close(int descriptor);

        static native int getsockname(int descriptor, byte[] address, int[] length);
    }

    private PassedSockets() {}

    /** Returns a non-blocking channel of a passed socket that listens on an address; null without one. */
    static @Nullable ServerSocketChannel of(SocketAddress address) throws IOException {
        ServerSocketChannel channel = InheritedSocket.of(address);
        for (int descriptor : channel == null ? LEFT : Set.<Integer>of()) {
            if (address.equals(address(descriptor)) && LEFT.remove(descriptor)) {
                channel = adopt(descriptor, address);
                break;
            }
        }
        if (channel != null) {
            channel.configureBlocking(false);
        }
        return channel;
    }

    /** Returns a channel of a listening descriptor, which the channel then owns. */
    static ServerSocketChannel adopt(int descriptor, SocketAddress address) throws IOException {
        Path folder = Files.createTempDirectory("weir-socket");
        Path place = folder.resolve("s");
        boolean isUnix = address instanceof UnixDomainSocketAddress;
        ServerSocketChannel channel =
                isUnix ? ServerSocketChannel.open(StandardProtocolFamily.UNIX) : ServerSocketChannel.open();
        try {
            channel.bind(
                    isUnix
                            ? UnixDomainSocketAddress.of(place)
                            : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            if (LibC.dup2(descriptor, descriptor(Objects.requireNonNull(channel.getLocalAddress()))) < 0) {
                throw new IOException("the descriptor " + descriptor + " of systemd cannot be used");
            }
            LibC.close(descriptor);
            return channel;
        } catch (IOException e) {
            Sockets.close(channel);
            throw e;
        } finally {
            Files.deleteIfExists(place);
            Files.deleteIfExists(folder);
        }
    }

    /** Returns the descriptor of this process that is bound to an address. */
    private static int descriptor(SocketAddress address) throws IOException {
        String[] numbers = Objects.requireNonNullElse(new File("/proc/self/fd").list(), new String[0]);
        return Arrays.stream(numbers)
                .map(Integer::parseInt)
                .filter(number -> address.equals(address(number)))
                .findFirst()
                .orElseThrow(() -> new IOException("no descriptor is bound to " + address));
    }

    /** Returns a copy of the descriptor that is bound to an address, for tests. */
    static int copy(SocketAddress address) throws IOException {
        return LibC.dup(descriptor(address));
    }

    /** Returns the address of a bound descriptor; null if it is no socket of a known kind. */
    private static @Nullable SocketAddress address(int descriptor) {
        byte[] bytes = new byte[ADDRESS_BYTES];
        int[] length = {bytes.length};
        if (LibC.getsockname(descriptor, bytes, length) < 0) {
            return null;
        }
        ByteBuffer raw = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        int family = raw.getShort();
        int port = Short.toUnsignedInt(raw.order(ByteOrder.BIG_ENDIAN).getShort(2));
        try {
            return switch (family) {
                case UNIX ->
                    length[0] <= 2 || bytes[2] == 0 ? null : UnixDomainSocketAddress.of(path(bytes, length[0]));
                case IPV4 -> new InetSocketAddress(InetAddress.getByAddress(Arrays.copyOfRange(bytes, 4, 8)), port);
                case IPV6 -> new InetSocketAddress(InetAddress.getByAddress(Arrays.copyOfRange(bytes, 8, 24)), port);
                default -> null;
            };
        } catch (IOException e) {
            throw new IllegalStateException("the address has the right length", e);
        }
    }

    private static String path(byte[] bytes, int length) {
        int end = 2;
        while (end < length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 2, end - 2, StandardCharsets.UTF_8);
    }
}
