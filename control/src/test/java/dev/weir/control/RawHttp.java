package dev.weir.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A client that sends any bytes, also those that no library sends. */
final class RawHttp {
    private RawHttp() {}

    /**
     * An answer.
     *
     * @param status the status code
     * @param head the status line and the headers
     * @param body the body
     */
    record Reply(int status, String head, String body) {
        static Reply of(String text) {
            int end = text.indexOf("\r\n\r\n");
            if (end < 0) {
                throw new IllegalStateException("no answer: " + text);
            }
            return new Reply(Integer.parseInt(text.substring(9, 12)), text.substring(0, end), text.substring(end + 4));
        }

        String header(String name) {
            return head.lines()
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse("");
        }
    }

    static SocketChannel connect(SocketAddress to) throws IOException {
        SocketChannel socket = to instanceof UnixDomainSocketAddress
                ? SocketChannel.open(StandardProtocolFamily.UNIX)
                : SocketChannel.open();
        socket.connect(to);
        return socket;
    }

    /** Sends text and returns all that comes until the server closes. */
    static String exchange(SocketAddress to, String text) throws IOException {
        try (SocketChannel socket = connect(to)) {
            send(socket, text);
            return readAll(socket);
        }
    }

    static void send(SocketChannel socket, String text) throws IOException {
        ByteBuffer bytes = UTF_8.encode(text);
        while (bytes.hasRemaining()) {
            socket.write(bytes);
        }
    }

    static String readAll(SocketChannel socket) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer part = ByteBuffer.allocate(64 << 10);
        while (socket.read(part) >= 0) {
            all.write(part.array(), 0, part.position());
            part.clear();
        }
        return all.toString(UTF_8);
    }

    /**
     * Sends a request with further headers, each with its line end, and a body.
     *
     * @param headers must contain {@code Host}
     */
    static Reply request(SocketAddress to, String method, String path, String headers, String body) throws IOException {
        String length = body.isEmpty()
                ? ""
                : "Content-Type: application/json\r\nContent-Length: " + body.getBytes(UTF_8).length + "\r\n";
        return Reply.of(exchange(
                to, method + " " + path + " HTTP/1.1\r\n" + headers + length + "Connection: close\r\n\r\n" + body));
    }
}
