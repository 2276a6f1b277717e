package dev.weir.nbd.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.drive.Drive;
import dev.weir.log.PlainText;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The server side of the fixed newstyle handshake with one client, from the greeting to the choice of an export. It
 * converts bytes to bytes and does not use the socket. It stores no option data between calls and skips the data of
 * options that it does not parse.
 *
 * <p>Not thread-safe.
 */
public final class HandshakeCodec {
    /** Longest option data that the server parses (bytes). The longest name in the specification fits. */
    static final int MAX_OPTION_BYTES = 16 << 10;

    /** Size at which a part of a list is sent (bytes). */
    static final int LIST_PART_BYTES = 4 << 10;

    /** Longest client text in a message (characters). */
    private static final int MAX_SHOWN = 256;

    /** The outcome of {@link #take}. */
    public enum Step {
        /** More bytes are needed. */
        INCOMPLETE,
        /** A message was accepted. An answer may be pending. */
        TAKEN,
        /** Transmission begins with the {@link #agreement()} once the output has been sent. */
        TRANSMISSION,
        /** TLS begins once the output has been sent. {@link #overTls} continues. */
        STARTTLS,
        /** The client ends the handshake. Close the connection once the output has been sent. */
        ABORTED,
        /** Close the connection for the reason in {@link #fault()}. */
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

    /** Whether the header of an option was read. {@link #bytesToCome} bytes of its data are outstanding then. */
    private boolean inOption;

    private int option;
    private long optionBytes;
    private long bytesToCome;

    private NbdMode mode = NbdMode.SIMPLE;

    /** The drive with the selected metadata context {@code base:allocation}. */
    private @Nullable Drive allocationOf;

    /** The last drive sent of an unfinished list. Empty before the first. */
    private @Nullable String listedLast;

    private @Nullable NegotiatedSession agreement;
    private String fault = "";

    public HandshakeCodec(VisibleExports exports, TlsMode tls) {
        this.exports = exports;
        this.tls = tls;
        output.greet();
    }

    private HandshakeCodec(HandshakeCodec plain, VisibleExports exports) {
        this.exports = exports;
        tls = TlsMode.ON;
        greeted = true;
        fixedNewstyle = true;
        zeroes = plain.zeroes;
    }

    /** Returns the codec for the handshake over TLS. It ignores all options that were negotiated in plain text. */
    public HandshakeCodec overTls(VisibleExports newExports) {
        return new HandshakeCodec(this, newExports);
    }

    /**
     * Returns the next bytes to send. Empty if nothing is pending. Send all of them before the next call of {@link
     * #take}. A long list is produced in parts of about {@link #LIST_PART_BYTES}. So a client that does not read it
     * takes little memory.
     */
    public byte[] output() {
        continueList();
        return output.take();
    }

    private void continueList() {
        while (listedLast != null && output.size() < LIST_PART_BYTES) {
            Drive next = exports.after(listedLast);
            listedLast = next == null ? null : next.name();
            if (next == null) {
                output.ack(option);
            } else {
                output.server(option, next);
            }
        }
    }

    /** Returns the negotiated parameters. */
    public NegotiatedSession agreement() {
        return Objects.requireNonNull(agreement);
    }

    /** Returns the reason of a refusal for the log. */
    public String fault() {
        return fault;
    }

    /** Accepts one complete message. Pass unread bytes again with more bytes behind them. */
    public Step take(ByteBuffer in) {
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
            return refuse("client flags 0x" + Integer.toHexString(flags) + ": contain unknown flags");
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
            case Nbd.NBD_OPT_EXPORT_NAME,
                    Nbd.NBD_OPT_INFO,
                    Nbd.NBD_OPT_GO,
                    Nbd.NBD_OPT_LIST_META_CONTEXT,
                    Nbd.NBD_OPT_SET_META_CONTEXT -> optionBytes <= MAX_OPTION_BYTES;
            default -> false;
        };
    }

    private Step answer(byte[] data) {
        try {
            if (tls == TlsMode.REQUIRED && option != Nbd.NBD_OPT_ABORT && option != Nbd.NBD_OPT_STARTTLS) {
                return requireTls();
            }
            return switch (option) {
                case Nbd.NBD_OPT_EXPORT_NAME -> exportName(new String(data, UTF_8));
                case Nbd.NBD_OPT_ABORT -> abort();
                case Nbd.NBD_OPT_STARTTLS -> startTls();
                case Nbd.NBD_OPT_LIST -> list();
                case Nbd.NBD_OPT_INFO, Nbd.NBD_OPT_GO -> info(OptionData.info(offered(data)));
                case Nbd.NBD_OPT_STRUCTURED_REPLY -> change(NbdMode.STRUCTURED);
                case Nbd.NBD_OPT_EXTENDED_HEADERS -> change(NbdMode.EXTENDED);
                case Nbd.NBD_OPT_LIST_META_CONTEXT, Nbd.NBD_OPT_SET_META_CONTEXT -> meta(data);
                default -> throw new OptionRefused(Nbd.NBD_REP_ERR_UNSUP, "option " + option + " is not supported");
            };
        } catch (OptionRefused e) {
            output.refuse(option, e.error, String.valueOf(e.getMessage()));
            return Step.TAKEN;
        }
    }

    private ByteBuffer offered(byte[] data) throws OptionRefused {
        if (optionBytes > MAX_OPTION_BYTES) {
            throw new OptionRefused(Nbd.NBD_REP_ERR_TOO_BIG, "data must be at most " + MAX_OPTION_BYTES + " bytes");
        }
        return ByteBuffer.wrap(data);
    }

    private void refuseData() throws OptionRefused {
        if (optionBytes > 0) {
            throw new OptionRefused(Nbd.NBD_REP_ERR_INVALID, "option " + option + " must have no data");
        }
    }

    private Step startTls() throws OptionRefused {
        if (tls == TlsMode.OFF || !fixedNewstyle) {
            throw new OptionRefused(Nbd.NBD_REP_ERR_POLICY, "TLS is not available");
        }
        if (tls == TlsMode.ON) {
            throw new OptionRefused(Nbd.NBD_REP_ERR_INVALID, "TLS was negotiated already");
        }
        refuseData();
        output.ack(option);
        return Step.STARTTLS;
    }

    private Step requireTls() throws OptionRefused {
        if (option == Nbd.NBD_OPT_EXPORT_NAME) {
            return refuse("NBD_OPT_EXPORT_NAME without TLS: TLS is required");
        }
        throw new OptionRefused(Nbd.NBD_REP_ERR_TLS_REQD, "NBD_OPT_STARTTLS must come first");
    }

    private Step exportName(String name) {
        if (mode == NbdMode.EXTENDED) {
            return refuse("NBD_OPT_EXPORT_NAME must not follow NBD_OPT_EXTENDED_HEADERS");
        }
        Drive found = exports.find(name);
        if (found == null) {
            return refuse(unknown(name));
        }
        agreement = agreementOn(found);
        output.export(agreement, zeroes);
        return Step.TRANSMISSION;
    }

    private Step abort() {
        output.ack(option);
        return Step.ABORTED;
    }

    private Step list() throws OptionRefused {
        refuseData();
        listedLast = "";
        return Step.TAKEN;
    }

    /** Changes the mode. Extended headers may replace structured replies. The reverse is an error. */
    private Step change(NbdMode wanted) throws OptionRefused {
        refuseData();
        if (wanted == mode) {
            throw new OptionRefused(Nbd.NBD_REP_ERR_INVALID, "option " + option + " was negotiated already");
        }
        if (mode == NbdMode.EXTENDED) {
            throw new OptionRefused(Nbd.NBD_REP_ERR_EXT_HEADER_REQD, "extended headers were negotiated already");
        }
        mode = wanted;
        output.ack(option);
        return Step.TAKEN;
    }

    /** Lists or selects metadata contexts. A new selection discards the earlier one even if it fails. */
    private Step meta(byte[] data) throws OptionRefused {
        boolean set = option == Nbd.NBD_OPT_SET_META_CONTEXT;
        if (set) {
            allocationOf = null;
        }
        if (mode == NbdMode.SIMPLE) {
            throw new OptionRefused(Nbd.NBD_REP_ERR_INVALID, "structured replies must be negotiated first");
        }
        OptionData.Meta meta = OptionData.meta(offered(data));
        Drive found = find(meta.export());
        boolean all = !set && (meta.queries().isEmpty() || meta.queries().contains("base:"));
        if (all || meta.queries().contains(Nbd.BASE_ALLOCATION)) {
            output.metaContext(option, set ? Nbd.BASE_ALLOCATION_ID : 0, Nbd.BASE_ALLOCATION);
            allocationOf = set ? found : allocationOf;
        }
        output.ack(option);
        return Step.TAKEN;
    }

    private Step info(OptionData.Info info) throws OptionRefused {
        Drive found = find(info.export());
        NegotiatedSession offer = agreementOn(found);
        output.infoExport(option, offer);
        if (info.infos().contains(Nbd.NBD_INFO_NAME)) {
            output.infoText(option, Nbd.NBD_INFO_NAME, found.name());
        }
        if (info.infos().contains(Nbd.NBD_INFO_DESCRIPTION)
                && !found.description().isEmpty()) {
            output.infoText(option, Nbd.NBD_INFO_DESCRIPTION, found.description());
        }
        // unasked too if a client could guess wrong: it may take 1 byte for granted
        if (found.blockSize() > 1 || info.infos().contains(Nbd.NBD_INFO_BLOCK_SIZE)) {
            output.infoBlockSize(option, found.blockSize());
        }
        output.ack(option);
        if (option == Nbd.NBD_OPT_INFO) {
            return Step.TAKEN;
        }
        agreement = offer;
        return Step.TRANSMISSION;
    }

    private Drive find(String name) throws OptionRefused {
        Drive found = exports.find(name);
        if (found == null) {
            // the same answer for a missing and a restricted drive, so that its existence stays secret
            boolean mayBe = tls == TlsMode.OPTIONAL && (option == Nbd.NBD_OPT_INFO || option == Nbd.NBD_OPT_GO);
            throw new OptionRefused(mayBe ? Nbd.NBD_REP_ERR_TLS_REQD : Nbd.NBD_REP_ERR_UNKNOWN, unknown(name));
        }
        return found;
    }

    @SuppressWarnings("ReferenceEquality") // another drive may have replaced it under the same name
    private NegotiatedSession agreementOn(Drive found) {
        return new NegotiatedSession(found, mode, found == allocationOf);
    }

    private Step refuse(String why) {
        fault = why;
        return Step.REFUSED;
    }

    private static String unknown(String name) {
        return name.isEmpty()
                ? "name a drive: there is no default export and not exactly one drive"
                : "no drive is named '" + PlainText.of(name, MAX_SHOWN) + "'";
    }
}
