package dev.weir.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.drive.Drive;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of fixed newstyle negotiation with one client, from the greeting to the choice of an
 * export: bytes in, bytes out, no socket. What it keeps between calls is a few numbers; the data of options
 * that it does not look at is passed over and not stored.
 *
 * <p>Not thread-safe.
 */
final class Handshake {

    /** How far it is. */
    enum Step {
        /** It needs more bytes than there are. */
        INCOMPLETE,
        /** It took a message, and may have answered. */
        TAKEN,
        /** Both sides are in transmission, on {@link #drive()}, as soon as the output has been sent. */
        TRANSMISSION,
        /** TLS begins as soon as the output has been sent, and {@link #overTls} goes on. */
        STARTTLS,
        /** The client wants to leave; the connection is closed once the output has been sent. */
        ABORTED,
        /** The connection must be closed, for {@link #fault()}. */
        REFUSED
    }

    private static final int CLIENT_FLAGS = Nbd.NBD_FLAG_C_FIXED_NEWSTYLE | Nbd.NBD_FLAG_C_NO_ZEROES;
    private static final int CLIENT_FLAGS_BYTES = 4;

    private final VisibleExports exports;
    private final TlsMode tls;
    private final HandshakeOutput output = new HandshakeOutput();

    private boolean greeted;
    private boolean fixedNewstyle;
    private boolean zeroes = true;

    /** Whether the header of an option was taken, and what of its data, if any, is still to come. */
    private boolean inOption;

    private int option;
    private long optionBytes;
    private long bytesToCome;

    private @Nullable Drive drive;
    private String fault = "";

    Handshake(VisibleExports exports, TlsMode tls) {
        this.exports = exports;
        this.tls = tls;
        output.greet();
    }

    private Handshake(Handshake plain, VisibleExports exports) {
        this.exports = exports;
        tls = TlsMode.ON;
        greeted = true;
        fixedNewstyle = true;
        zeroes = plain.zeroes;
    }

    /** Returns what goes on with the options over TLS, and knows nothing of those that were taken before. */
    Handshake overTls(VisibleExports newExports) {
        return new Handshake(this, newExports);
    }

    /** Returns what is to be sent before anything else is taken, possibly nothing. */
    byte[] output() {
        return output.take();
    }

    /** Returns the drive that was chosen. */
    Drive drive() {
        return Objects.requireNonNull(drive);
    }

    /** Returns why the client was refused, for the log. */
    String fault() {
        return fault;
    }

    /** Takes one message from {@code in} if it is all there; what it leaves is to be offered again, with more behind it. */
    Step take(ByteBuffer in) {
        if (!greeted) {
            return in.remaining() < CLIENT_FLAGS_BYTES ? Step.INCOMPLETE : takeFlags(in.getInt());
        }
        if (!inOption && in.remaining() < Nbd.OPTION_BYTES) {
            return Step.INCOMPLETE;
        }
        if (!inOption && !takeHeader(in)) {
            return Step.REFUSED;
        }
        return takeData(in);
    }

    private Step takeFlags(int flags) {
        if ((flags & ~CLIENT_FLAGS) != 0) {
            return refuse("client flags 0x" + Integer.toHexString(flags) + ": not all of them are known");
        }
        greeted = true;
        fixedNewstyle = (flags & Nbd.NBD_FLAG_C_FIXED_NEWSTYLE) != 0;
        zeroes = (flags & Nbd.NBD_FLAG_C_NO_ZEROES) == 0;
        return Step.TAKEN;
    }

    private boolean takeHeader(ByteBuffer in) {
        long magic = in.getLong();
        option = in.getInt();
        optionBytes = Integer.toUnsignedLong(in.getInt());
        bytesToCome = optionBytes;
        inOption = true;
        if (magic != Nbd.IHAVEOPT) {
            fault = "option magic 0x" + Long.toHexString(magic) + ": must be IHAVEOPT";
        } else if (option == Nbd.NBD_OPT_EXPORT_NAME && optionBytes > Nbd.MAX_STRING_BYTES) {
            fault = "export name of " + optionBytes + " bytes: must be at most " + Nbd.MAX_STRING_BYTES;
        }
        return fault.isEmpty();
    }

    private Step takeData(ByteBuffer in) {
        byte[] data = new byte[0];
        if (!dataMatters()) {
            int here = (int) Math.min(bytesToCome, in.remaining());
            in.position(in.position() + here);
            bytesToCome -= here;
        } else if (in.remaining() >= bytesToCome) {
            data = new byte[(int) bytesToCome];
            in.get(data);
            bytesToCome = 0;
        }
        if (bytesToCome > 0) {
            return Step.INCOMPLETE;
        }
        inOption = false;
        return answer(data);
    }

    private boolean dataMatters() {
        return switch (option) {
            case Nbd.NBD_OPT_EXPORT_NAME, Nbd.NBD_OPT_INFO, Nbd.NBD_OPT_GO -> optionBytes <= Bounds.MAX_OPTION_BYTES;
            default -> false;
        };
    }

    private Step answer(byte[] data) {
        if (option == Nbd.NBD_OPT_STARTTLS) {
            return startTls();
        }
        if (tls == TlsMode.REQUIRED && option != Nbd.NBD_OPT_ABORT) {
            return requireTls();
        }
        return switch (option) {
            case Nbd.NBD_OPT_EXPORT_NAME -> exportName(new String(data, UTF_8));
            case Nbd.NBD_OPT_ABORT -> abort();
            case Nbd.NBD_OPT_LIST -> list();
            case Nbd.NBD_OPT_INFO, Nbd.NBD_OPT_GO -> info(ByteBuffer.wrap(data));
            default -> error(Nbd.NBD_REP_ERR_UNSUP, "option " + option + " is not supported");
        };
    }

    private Step startTls() {
        if (tls == TlsMode.OFF || !fixedNewstyle) {
            return error(Nbd.NBD_REP_ERR_POLICY, "TLS is not to be had here");
        }
        if (tls == TlsMode.ON || optionBytes > 0) {
            return error(Nbd.NBD_REP_ERR_INVALID, "NBD_OPT_STARTTLS comes once and has no data");
        }
        output.ack(option);
        return Step.STARTTLS;
    }

    private Step requireTls() {
        return option == Nbd.NBD_OPT_EXPORT_NAME
                ? refuse("NBD_OPT_EXPORT_NAME without TLS, which is required here")
                : error(Nbd.NBD_REP_ERR_TLS_REQD, "NBD_OPT_STARTTLS must come first");
    }

    private Step exportName(String name) {
        Drive found = exports.find(name);
        if (found == null) {
            return refuse(unknown(name));
        }
        output.export(found, zeroes);
        drive = found;
        return Step.TRANSMISSION;
    }

    private Step abort() {
        output.ack(option);
        return Step.ABORTED;
    }

    private Step list() {
        if (optionBytes > 0) {
            return error(Nbd.NBD_REP_ERR_INVALID, "NBD_OPT_LIST has no data");
        }
        exports.names().forEach(name -> output.server(option, name));
        output.ack(option);
        return Step.TAKEN;
    }

    /** The data is: length of name, name, number of information requests, the requests. */
    private Step info(ByteBuffer data) {
        if (optionBytes > Bounds.MAX_OPTION_BYTES) {
            return error(Nbd.NBD_REP_ERR_TOO_BIG, "data must be at most " + Bounds.MAX_OPTION_BYTES + " bytes");
        }
        long nameBytes = data.remaining() < 6 ? Long.MAX_VALUE : Integer.toUnsignedLong(data.getInt());
        if (nameBytes > Nbd.MAX_STRING_BYTES || nameBytes > data.remaining() - Short.BYTES) {
            return error(
                    Nbd.NBD_REP_ERR_INVALID, "the name must be within the data and " + Nbd.MAX_STRING_BYTES + " bytes");
        }
        byte[] name = new byte[(int) nameBytes];
        data.get(name);
        int count = Short.toUnsignedInt(data.getShort());
        if (data.remaining() != count * Short.BYTES) {
            return error(Nbd.NBD_REP_ERR_INVALID, "the data must end with the information requests it announces");
        }
        Set<Integer> wanted = new HashSet<>();
        while (data.hasRemaining()) {
            wanted.add(Short.toUnsignedInt(data.getShort()));
        }
        return info(new String(name, UTF_8), wanted);
    }

    private Step info(String name, Set<Integer> wanted) {
        Drive found = exports.find(name);
        if (found == null) {
            // whether a drive is not there or for others is the same to who may not see it
            int error = tls == TlsMode.OPTIONAL ? Nbd.NBD_REP_ERR_TLS_REQD : Nbd.NBD_REP_ERR_UNKNOWN;
            return error(error, unknown(name));
        }
        output.infoExport(option, found);
        if (wanted.contains(Nbd.NBD_INFO_NAME)) {
            output.infoName(option, found);
        }
        if (wanted.contains(Nbd.NBD_INFO_BLOCK_SIZE)) {
            output.infoBlockSize(option);
        }
        output.ack(option);
        if (option == Nbd.NBD_OPT_INFO) {
            return Step.TAKEN;
        }
        drive = found;
        return Step.TRANSMISSION;
    }

    private Step error(int type, String why) {
        output.refuse(option, type, why);
        return Step.TAKEN;
    }

    private Step refuse(String why) {
        fault = why;
        return Step.REFUSED;
    }

    /** A client's text may hold anything; what reaches the log or the client again holds no control characters. */
    private static String unknown(String name) {
        return name.isEmpty()
                ? "no default export: there is not exactly one drive"
                : "no drive is named '" + name.replaceAll("\\p{Cntrl}", "?") + "'";
    }
}
