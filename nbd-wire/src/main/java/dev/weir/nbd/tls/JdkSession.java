package dev.weir.nbd.tls;

import dev.weir.nbd.wire.Identity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/** A session of the JDK's TLS, which encrypts faster than Bouncy Castle. Confined like {@link TlsWire}. */
final class JdkSession implements TlsSession {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** The most that is read from the socket at once: two records with their headers and tags (bytes). */
    private static final int RECEIVED_BYTES = (32 << 10) + (2 << 10);

    /** The most that one step encrypts (records of 16 KiB). */
    private static final int STEP_RECORDS = 4;

    /** Most successive records without plain bytes. Key updates are such records and each costs two new keys. */
    private static final int MAX_EMPTY_RECORDS = 32;

    /** Most bytes of answers to key updates that the other side may leave unread. */
    private static final int MAX_ANSWER_BYTES = 16 << 10;

    /** The encrypted form of a step. The JDK encrypts faster into an array than into direct memory. */
    private static final ThreadLocal<ByteBuffer> ENCRYPTED = new ThreadLocal<>();

    /**
     * Received bytes after which a session of TLS 1.3 asks for new keys. The JDK asks at 2^37 bytes, and again with each
     * record until the answer arrives. GnuTLS ends a connection on which it is asked more than 8 times in a second.
     */
    private static final long BYTES_PER_KEY = 1L << 36;

    private final SSLEngine engine;
    private final Supplier<Identity> peer;
    private final long bytesPerKey;

    /** Bytes of the socket, up to its position. */
    private final ByteBuffer received = ByteBuffer.allocate(RECEIVED_BYTES);

    /** Plain bytes that can be read. It has no room before the end of the handshake. */
    private ByteBuffer plain = NOTHING;

    /** Encrypted plain bytes that are to be sent. */
    private ByteBuffer output = NOTHING;

    /** The engine's own output up to its position, such as alerts and parts of the handshake. */
    private ByteBuffer answers = NOTHING;

    /** Successive records without plain bytes since the handshake. */
    private int emptyRecords;

    /** Received bytes since the session last asked for new keys. */
    private long keyBytes;

    private boolean isHandshaking = true;

    /**
     * Makes a session and begins its handshake.
     *
     * @param peer the identity of the other side when the handshake is complete
     */
    JdkSession(SSLEngine engine, Supplier<Identity> peer) throws SSLException {
        this(engine, peer, BYTES_PER_KEY);
    }

    /** Makes a session that asks for new keys after some received bytes. For tests. */
    JdkSession(SSLEngine engine, Supplier<Identity> peer, long bytesPerKey) throws SSLException {
        this.engine = engine;
        this.peer = peer;
        this.bytesPerKey = bytesPerKey;
        engine.beginHandshake();
    }

    @Override
    public boolean isHandshaking() {
        return isHandshaking;
    }

    @Override
    public boolean isClosed() {
        return engine.isInboundDone();
    }

    @Override
    public Identity peer() {
        return isHandshaking ? Identity.UNKNOWN : peer.get();
    }

    @Override
    public ByteBuffer room() {
        return received;
    }

    @Override
    public void received() throws IOException {
        received.flip();
        plain.compact();
        try {
            decrypt();
        } finally {
            plain.flip();
            received.compact();
        }
    }

    private void decrypt() throws SSLException {
        boolean goesOn = true;
        while (goesOn) {
            HandshakeStatus status = engine.getHandshakeStatus();
            if (status == HandshakeStatus.NEED_TASK) {
                runTasks();
            } else if (status == HandshakeStatus.NEED_WRAP) {
                goesOn = addAnswers();
                if (!isHandshaking && answers.position() > MAX_ANSWER_BYTES) {
                    throw new SSLException("the other side does not read the answers to its key updates");
                }
            } else {
                if (isHandshaking && status == HandshakeStatus.NOT_HANDSHAKING) {
                    isHandshaking = false;
                    plain = ByteBuffer.allocate(RECEIVED_BYTES);
                }
                SSLEngineResult result = engine.unwrap(received, plain);
                countEmpty(result);
                renewKeys(result.bytesConsumed());
                goesOn = result.getStatus() == Status.OK && (result.bytesConsumed() > 0 || isHandshaking);
            }
        }
    }

    /** Runs the tasks of a handshake. After the first handshake they belong to a renegotiation, which is refused. */
    private void runTasks() throws SSLException {
        if (!isHandshaking) {
            engine.closeOutbound();
            throw new SSLException("the other side wants a new handshake");
        }
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    private void countEmpty(SSLEngineResult result) throws SSLException {
        if (isHandshaking || result.bytesProduced() > 0) {
            emptyRecords = 0;
        } else if (result.bytesConsumed() > 0 && ++emptyRecords > MAX_EMPTY_RECORDS) {
            throw new SSLException("the other side sent more than " + MAX_EMPTY_RECORDS + " records without data");
        }
    }

    private void renewKeys(int consumed) throws SSLException {
        keyBytes += consumed;
        if (keyBytes >= bytesPerKey && engine.getSession().getProtocol().equals("TLSv1.3")) {
            keyBytes = 0;
            engine.beginHandshake(); // in TLS 1.3 an update of the keys
        }
    }

    /** Adds the engine's own output to the answers. Returns whether it had any. */
    private boolean addAnswers() throws SSLException {
        int before = answers.position();
        while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            if (answers.remaining() < packetBytes()) {
                // doubled because key updates add many short answers
                answers = ByteBuffer.allocate(2 * answers.position() + packetBytes())
                        .put(answers.flip());
            }
            if (engine.wrap(NOTHING, answers).bytesProduced() == 0) {
                break;
            }
        }
        return answers.position() > before;
    }

    private int packetBytes() {
        return engine.getSession().getPacketBufferSize();
    }

    @Override
    public int available() {
        return plain.remaining();
    }

    @Override
    public void read(ByteBuffer to) {
        int bytes = Math.min(to.remaining(), plain.remaining());
        to.put(plain.slice(plain.position(), bytes));
        plain.position(plain.position() + bytes);
    }

    @Override
    public int encrypt(ByteBuffer[] from, int offset, int length) throws IOException {
        long left = 0;
        for (int i = offset; i < offset + length; i++) {
            left += from[i].remaining();
        }
        ByteBuffer encrypted = encrypted().clear();
        int taken = 0;
        while (taken < left && encrypted.remaining() >= packetBytes()) {
            SSLEngineResult result = engine.wrap(from, offset, length, encrypted);
            if (result.getStatus() != Status.OK) {
                throw new SSLException("the session ended: " + result.getStatus());
            }
            taken += result.bytesConsumed();
        }
        output = encrypted.flip();
        return taken;
    }

    private ByteBuffer encrypted() {
        ByteBuffer encrypted = ENCRYPTED.get();
        int bytes = STEP_RECORDS * packetBytes();
        if (encrypted == null || encrypted.capacity() < bytes) {
            encrypted = ByteBuffer.allocate(bytes);
            ENCRYPTED.set(encrypted);
        }
        return encrypted;
    }

    @Override
    public ByteBuffer output() {
        ByteBuffer taken = output;
        output = NOTHING;
        if (!taken.hasRemaining()) {
            taken = answers.flip();
            answers = NOTHING;
        }
        return taken;
    }

    @Override
    public void close() throws IOException {
        engine.closeOutbound();
        addAnswers();
    }
}
