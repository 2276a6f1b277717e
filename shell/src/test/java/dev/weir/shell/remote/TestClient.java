package dev.weir.shell.remote;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A client of the channel, written from the protocol's description without Weir's own classes. */
final class TestClient implements AutoCloseable {
    private final SocketChannel channel;
    private final DataInputStream in;
    private final StringBuilder shown = new StringBuilder();

    /**
     * The server's answer.
     *
     * @param status the exit status; -1 if the connection ended without one
     */
    record Answer(String hello, String out, String err, int status) {}

    TestClient(Path socket) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        in = new DataInputStream(Channels.newInputStream(channel));
    }

    /** Sends a request and returns the whole answer. */
    static Answer ask(Path socket, char type, String request) throws IOException {
        return ask(socket, type, request, "");
    }

    /** Sends a request with additional lines in the hello and returns the whole answer. */
    static Answer ask(Path socket, char type, String request, String hello) throws IOException {
        try (TestClient client = new TestClient(socket)) {
            try {
                client.send('H', "protocol=1\n" + hello);
                client.send(type, request);
            } catch (IOException e) {
                // a refused client may receive its answer before it has sent the request
            }
            return client.answer();
        }
    }

    void send(char type, String payload) throws IOException {
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        send(type, bytes.length, bytes);
    }

    void send(char type, int length, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(5 + payload.length)
                .put((byte) type)
                .putInt(length)
                .put(payload)
                .flip();
        while (frame.hasRemaining()) {
            channel.write(frame);
        }
    }

    /**
     * Waits until the output contains a text and returns the output up to its end. The next call returns the rest.
     */
    String awaitOut(String text) throws IOException {
        while (shown.indexOf(text) < 0) {
            int type = in.read();
            byte[] payload = new byte[in.readInt()];
            in.readFully(payload);
            if (type == 'o') {
                shown.append(new String(payload, StandardCharsets.UTF_8));
            }
        }
        String upTo = shown.substring(0, shown.indexOf(text) + text.length());
        shown.delete(0, upTo.length());
        return upTo;
    }

    /** Returns the answer up to its end or the end of the connection. */
    Answer answer() throws IOException {
        StringBuilder hello = new StringBuilder();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = -1;
        int type = in.read();
        while (type >= 0 && status < 0) {
            byte[] payload = new byte[in.readInt()];
            in.readFully(payload);
            switch (type) {
                case 'H' -> hello.append(new String(payload, StandardCharsets.UTF_8));
                case 'o' -> out.writeBytes(payload);
                case 'e' -> err.writeBytes(payload);
                case 'q' -> status = payload[0];
                default -> throw new IOException("a frame of type " + (char) type);
            }
            type = status < 0 ? in.read() : -1;
        }
        return new Answer(
                hello.toString(), out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8), status);
    }

    /** Waits until the server disconnects. Ignores all frames until then. */
    void awaitEnd() {
        try {
            answer();
        } catch (IOException e) {
            // an end within a frame and a reset also end the answer
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
