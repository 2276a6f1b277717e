package dev.weir.backend.nbd.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.log.PlainText;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The handshake of a client. It asks for extended headers, for structured replies if the server has none, and for
 * {@code base:allocation}. It enters transmission with {@code NBD_OPT_GO}, or with {@code NBD_OPT_EXPORT_NAME} if the
 * server knows no other way.
 *
 * <p>Not thread-safe.
 */
public final class ClientHandshake {

    /** The next step of the connection. */
    public enum Step {
        /** More bytes of the server are needed. */
        RECEIVE,
        /** TLS begins with the next byte of both sides; {@link #goOn} follows. */
        START_TLS,
        /** The handshake is complete. */
        DONE
    }

    /** The message of the server that comes next. */
    private enum Expected {
        GREETING,
        TLS,
        EXTENDED_HEADERS,
        STRUCTURED_REPLY,
        META_CONTEXT,
        GO,
        EXPORT,
        NOTHING
    }

    private static final int GREETING_BYTES = 2 * Long.BYTES + Short.BYTES;
    private static final int EXPORT_BYTES = Long.BYTES + Short.BYTES;
    private static final int EXPORT_ZEROES = 124;

    /** Longest data of a reply to an option (bytes): two strings of the greatest length with numbers. */
    private static final int MAX_DATA = 2 * Nbd.MAX_STRING_BYTES + 64;

    /** Longest message of a server that is not encrypted payload (bytes). */
    public static final int MAX_MESSAGE = Nbd.OPTION_REPLY_BYTES + MAX_DATA;

    private static final int MAX_SHOWN = 200;
    private static final int BLOCK_SIZE_BYTES = Short.BYTES + 3 * Integer.BYTES;

    private final String name;
    private final byte[] export;
    private final boolean tls;
    private final Consumer<ByteBuffer> out;
    private Expected expected = Expected.GREETING;
    private boolean zeroes;
    private NbdMode mode = NbdMode.SIMPLE;
    private long allocationId = FarExport.NO_ALLOCATION;
    private long size = -1;
    private int flags;
    private long minBlock = 1;
    private long maxBlock = Integer.MAX_VALUE;
    private @Nullable FarExport result;

    /**
     * Begins a handshake.
     *
     * @param name the name of the export, at most 4096 bytes in UTF-8; empty for the server's default
     * @param tls whether the connection must be encrypted
     * @param out takes the messages for the server
     */
    public ClientHandshake(String name, boolean tls, Consumer<ByteBuffer> out) {
        this.name = name;
        this.export = name.getBytes(UTF_8);
        this.tls = tls;
        this.out = out;
    }

    /** Returns the export after {@link Step#DONE}. */
    public FarExport export() {
        if (result == null) {
            throw new IllegalStateException("the handshake is not complete");
        }
        return result;
    }

    /**
     * Takes the complete messages between position and limit.
     *
     * @throws ProtocolException if the server breaks the protocol or refuses the export
     */
    public Step receive(ByteBuffer in) throws ProtocolException {
        while (expected != Expected.NOTHING) {
            int before = in.position();
            Step step = take(in);
            if (step != Step.RECEIVE) {
                return step;
            }
            if (in.position() == before) {
                return Step.RECEIVE;
            }
        }
        return Step.DONE;
    }

    private Step take(ByteBuffer in) throws ProtocolException {
        return switch (expected) {
            case GREETING -> greeting(in);
            case EXPORT -> export(in);
            default -> reply(in);
        };
    }

    private Step greeting(ByteBuffer in) throws ProtocolException {
        if (in.remaining() >= Long.BYTES && in.getLong(in.position()) != Nbd.NBDMAGIC) {
            throw new ProtocolException("it is not an NBD server");
        }
        if (in.remaining() < GREETING_BYTES) {
            return Step.RECEIVE;
        }
        in.getLong();
        long style = in.getLong();
        if (style != Nbd.IHAVEOPT) {
            throw new ProtocolException(
                    style == Nbd.OLDSTYLE_MAGIC
                            ? "it has only the oldstyle handshake, which Weir does not speak"
                            : "it is not an NBD server");
        }
        int offered = in.getShort();
        boolean fixed = (offered & Nbd.NBD_FLAG_FIXED_NEWSTYLE) != 0;
        zeroes = (offered & Nbd.NBD_FLAG_NO_ZEROES) == 0;
        out.accept(ByteBuffer.allocate(Integer.BYTES)
                .putInt((fixed ? Nbd.NBD_FLAG_C_FIXED_NEWSTYLE : 0) | (zeroes ? 0 : Nbd.NBD_FLAG_C_NO_ZEROES))
                .flip());
        if (tls && !fixed) {
            throw new ProtocolException("it offers no TLS");
        }
        if (tls) {
            ask(Nbd.NBD_OPT_STARTTLS, Expected.TLS, new byte[0]);
        } else if (fixed) {
            goOn();
        } else {
            byName();
        }
        return Step.RECEIVE;
    }

    /** Continues the negotiation, after {@link Step#START_TLS} on the encrypted connection. */
    public void goOn() {
        ask(Nbd.NBD_OPT_EXTENDED_HEADERS, Expected.EXTENDED_HEADERS, new byte[0]);
    }

    private void byName() {
        ask(Nbd.NBD_OPT_EXPORT_NAME, Expected.EXPORT, export);
    }

    private void askForContext() {
        byte[] context = Nbd.BASE_ALLOCATION.getBytes(UTF_8);
        ByteBuffer data = ByteBuffer.allocate(3 * Integer.BYTES + export.length + context.length);
        data.putInt(export.length).put(export).putInt(1).putInt(context.length).put(context);
        ask(Nbd.NBD_OPT_SET_META_CONTEXT, Expected.META_CONTEXT, data.array());
    }

    private void askToGo() {
        ByteBuffer data = ByteBuffer.allocate(Integer.BYTES + export.length + 2 * Short.BYTES);
        data.putInt(export.length).put(export).putShort((short) 1).putShort((short) Nbd.NBD_INFO_BLOCK_SIZE);
        ask(Nbd.NBD_OPT_GO, Expected.GO, data.array());
    }

    private void ask(int option, Expected answer, byte[] data) {
        expected = answer;
        out.accept(ByteBuffer.allocate(Nbd.OPTION_BYTES + data.length)
                .putLong(Nbd.IHAVEOPT)
                .putInt(option)
                .putInt(data.length)
                .put(data)
                .flip());
    }

    private int option() {
        return switch (expected) {
            case TLS -> Nbd.NBD_OPT_STARTTLS;
            case EXTENDED_HEADERS -> Nbd.NBD_OPT_EXTENDED_HEADERS;
            case STRUCTURED_REPLY -> Nbd.NBD_OPT_STRUCTURED_REPLY;
            case META_CONTEXT -> Nbd.NBD_OPT_SET_META_CONTEXT;
            default -> Nbd.NBD_OPT_GO;
        };
    }

    private Step reply(ByteBuffer in) throws ProtocolException {
        if (in.remaining() < Nbd.OPTION_REPLY_BYTES) {
            return Step.RECEIVE;
        }
        int at = in.position();
        if (in.getLong(at) != Nbd.NBD_REP_MAGIC || in.getInt(at + 8) != option()) {
            throw new ProtocolException("it answers an option with something else");
        }
        int type = in.getInt(at + 12);
        int length = in.getInt(at + 16);
        if (length < 0 || length > MAX_DATA) {
            throw new ProtocolException("it answers an option with " + Integer.toUnsignedString(length)
                    + " bytes: at most " + MAX_DATA + " are allowed");
        }
        if (in.remaining() < Nbd.OPTION_REPLY_BYTES + length) {
            return Step.RECEIVE;
        }
        ByteBuffer data = in.slice(at + Nbd.OPTION_REPLY_BYTES, length);
        in.position(at + Nbd.OPTION_REPLY_BYTES + length);
        return type < 0 ? refused(type, UTF_8.decode(data).toString()) : accepted(type, data);
    }

    private Step accepted(int type, ByteBuffer data) throws ProtocolException {
        if (type == Nbd.NBD_REP_ACK) {
            return acknowledged();
        }
        if (expected == Expected.META_CONTEXT && type == Nbd.NBD_REP_META_CONTEXT && data.remaining() > Integer.BYTES) {
            long id = Integer.toUnsignedLong(data.getInt());
            if (!UTF_8.decode(data).toString().equals(Nbd.BASE_ALLOCATION)) {
                throw new ProtocolException("it offers a metadata context that was not asked for");
            }
            allocationId = id;
        } else if (expected == Expected.GO && type == Nbd.NBD_REP_INFO && data.remaining() >= Short.BYTES) {
            info(data);
        } else {
            throw new ProtocolException("it answers an option with something else");
        }
        return Step.RECEIVE;
    }

    private void info(ByteBuffer data) throws ProtocolException {
        int length = data.remaining();
        int type = Short.toUnsignedInt(data.getShort());
        if (type == Nbd.NBD_INFO_EXPORT) {
            checkLength(length, Short.BYTES + EXPORT_BYTES);
            size = data.getLong();
            flags = Short.toUnsignedInt(data.getShort());
        } else if (type == Nbd.NBD_INFO_BLOCK_SIZE) {
            checkLength(length, BLOCK_SIZE_BYTES);
            minBlock = Integer.toUnsignedLong(data.getInt());
            data.getInt(); // the preferred size is advice
            maxBlock = Integer.toUnsignedLong(data.getInt());
        }
    }

    private static void checkLength(int length, int right) throws ProtocolException {
        if (length != right) {
            throw new ProtocolException("it describes its export with " + length + " bytes in place of " + right);
        }
    }

    private Step acknowledged() throws ProtocolException {
        switch (expected) {
            case TLS -> {
                return Step.START_TLS;
            }
            case EXTENDED_HEADERS -> {
                mode = NbdMode.EXTENDED;
                askForContext();
            }
            case STRUCTURED_REPLY -> {
                mode = NbdMode.STRUCTURED;
                askForContext();
            }
            case META_CONTEXT -> askToGo();
            default -> done();
        }
        return expected == Expected.NOTHING ? Step.DONE : Step.RECEIVE;
    }

    /** Ends the handshake in order, because QEMU logs a mere hang-up. Returns the reason. */
    private ProtocolException abort(String reason) {
        ask(Nbd.NBD_OPT_ABORT, Expected.NOTHING, new byte[0]);
        return new ProtocolException(reason);
    }

    private Step refused(int type, String message) throws ProtocolException {
        if (type == Nbd.NBD_REP_ERR_TLS_REQD) {
            throw abort("it demands TLS: use nbds in place of nbd");
        }
        switch (expected) {
            case TLS -> throw abort("it offers no TLS" + shown(message));
            case EXTENDED_HEADERS -> ask(Nbd.NBD_OPT_STRUCTURED_REPLY, Expected.STRUCTURED_REPLY, new byte[0]);
            case STRUCTURED_REPLY, META_CONTEXT -> {
                allocationId = FarExport.NO_ALLOCATION;
                askToGo();
            }
            default -> {
                if (type != Nbd.NBD_REP_ERR_UNSUP) {
                    throw abort(refusal(type) + shown(message));
                }
                byName();
            }
        }
        return Step.RECEIVE;
    }

    private String refusal(int type) {
        return switch (type) {
            case Nbd.NBD_REP_ERR_UNKNOWN ->
                name.isEmpty() ? "it has no default export" : "it has no export " + PlainText.of(name, MAX_SHOWN);
            case Nbd.NBD_REP_ERR_POLICY -> "its policy refuses the export";
            case Nbd.NBD_REP_ERR_SHUTDOWN -> "it is shutting down";
            default -> "it refuses the export with error " + (type & Integer.MAX_VALUE);
        };
    }

    private static String shown(String message) {
        return message.isBlank() ? "" : " (" + PlainText.of(message, MAX_SHOWN) + ")";
    }

    /** Takes the answer to {@code NBD_OPT_EXPORT_NAME}. A server that refuses closes the connection instead. */
    private Step export(ByteBuffer in) throws ProtocolException {
        if (in.remaining() < EXPORT_BYTES + (zeroes ? EXPORT_ZEROES : 0)) {
            return Step.RECEIVE;
        }
        size = in.getLong();
        flags = Short.toUnsignedInt(in.getShort());
        in.position(in.position() + (zeroes ? EXPORT_ZEROES : 0));
        done();
        return Step.DONE;
    }

    private void done() throws ProtocolException {
        result = FarExport.of(mode, size, flags, minBlock, maxBlock, allocationId);
        expected = Expected.NOTHING;
    }
}
