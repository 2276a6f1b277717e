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

/** The other side of the channel, written from its description and not with its classes. */
final class TestClient implements AutoCloseable {
    private final SocketChannel channel;
    private final DataInputStream in;
    private final StringBuilder shown = new StringBuilder();

    /**
     * What came back.
     *
     * @param status -1 if the connection ended without one
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

    /** The same, with more in the hello. */
    static Answer ask(Path socket, char type, String request, String hello) throws IOException {
        try (TestClient client = new TestClient(socket)) {
            try {
                client.send('H', "protocol=1\n" + hello);
                client.send(type, request);
            } catch (IOException e) {
                // one that is turned away may have its answer before it has asked
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

    /** Returns what is shown until this is; what is shown after it is for the next call. */
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

    /** Returns all up to the end of the answer, or of the connection. */
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

    /** Returns when the server has disconnected, whatever it says before. */
    void awaitEnd() {
        try {
            answer();
        } catch (IOException e) {
            // in the middle of a frame is an end, too, and so is a reset
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
