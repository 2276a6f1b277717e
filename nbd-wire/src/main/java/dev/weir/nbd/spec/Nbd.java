package dev.weir.nbd.spec;

/** Constants of the NBD protocol under the names of its specification. */
public final class Nbd {
    public static final long NBDMAGIC = 0x4e42444d41474943L;
    public static final long IHAVEOPT = 0x49484156454F5054L;

    /** Magic of the oldstyle handshake, which has no options. The specification calls it {@code cliserv_magic}. */
    public static final long OLDSTYLE_MAGIC = 0x420281861253L;

    /** Magic of a reply to an option. The specification gives it no name. */
    public static final long NBD_REP_MAGIC = 0x3e889045565a9L;

    public static final int NBD_REQUEST_MAGIC = 0x25609513;
    public static final int NBD_EXTENDED_REQUEST_MAGIC = 0x21e41c71;
    public static final int NBD_SIMPLE_REPLY_MAGIC = 0x67446698;
    public static final int NBD_STRUCTURED_REPLY_MAGIC = 0x668e33ef;
    public static final int NBD_EXTENDED_REPLY_MAGIC = 0x6e8a278c;

    /** Handshake flags of server and client. */
    public static final int NBD_FLAG_FIXED_NEWSTYLE = 1;

    public static final int NBD_FLAG_NO_ZEROES = 1 << 1;
    public static final int NBD_FLAG_C_FIXED_NEWSTYLE = 1;
    public static final int NBD_FLAG_C_NO_ZEROES = 1 << 1;

    /** Transmission flags. */
    public static final int NBD_FLAG_HAS_FLAGS = 1;

    public static final int NBD_FLAG_READ_ONLY = 1 << 1;
    public static final int NBD_FLAG_SEND_FLUSH = 1 << 2;
    public static final int NBD_FLAG_SEND_FUA = 1 << 3;
    public static final int NBD_FLAG_SEND_TRIM = 1 << 5;
    public static final int NBD_FLAG_SEND_WRITE_ZEROES = 1 << 6;
    public static final int NBD_FLAG_SEND_DF = 1 << 7;
    public static final int NBD_FLAG_CAN_MULTI_CONN = 1 << 8;
    public static final int NBD_FLAG_SEND_CACHE = 1 << 10;
    public static final int NBD_FLAG_SEND_FAST_ZERO = 1 << 11;
    public static final int NBD_FLAG_BLOCK_STATUS_PAYLOAD = 1 << 12;

    /** Options. */
    public static final int NBD_OPT_EXPORT_NAME = 1;

    public static final int NBD_OPT_ABORT = 2;
    public static final int NBD_OPT_LIST = 3;
    public static final int NBD_OPT_STARTTLS = 5;
    public static final int NBD_OPT_INFO = 6;
    public static final int NBD_OPT_GO = 7;
    public static final int NBD_OPT_STRUCTURED_REPLY = 8;
    public static final int NBD_OPT_LIST_META_CONTEXT = 9;
    public static final int NBD_OPT_SET_META_CONTEXT = 10;
    public static final int NBD_OPT_EXTENDED_HEADERS = 11;

    /** Replies to options. */
    public static final int NBD_REP_ACK = 1;

    public static final int NBD_REP_SERVER = 2;
    public static final int NBD_REP_INFO = 3;
    public static final int NBD_REP_META_CONTEXT = 4;
    public static final int NBD_REP_ERR_UNSUP = (1 << 31) + 1;
    public static final int NBD_REP_ERR_POLICY = (1 << 31) + 2;
    public static final int NBD_REP_ERR_INVALID = (1 << 31) + 3;
    public static final int NBD_REP_ERR_TLS_REQD = (1 << 31) + 5;
    public static final int NBD_REP_ERR_UNKNOWN = (1 << 31) + 6;
    public static final int NBD_REP_ERR_SHUTDOWN = (1 << 31) + 7;
    public static final int NBD_REP_ERR_TOO_BIG = (1 << 31) + 9;
    public static final int NBD_REP_ERR_EXT_HEADER_REQD = (1 << 31) + 10;

    /** Information types of an export. */
    public static final int NBD_INFO_EXPORT = 0;

    public static final int NBD_INFO_NAME = 1;
    public static final int NBD_INFO_DESCRIPTION = 2;
    public static final int NBD_INFO_BLOCK_SIZE = 3;

    /** Commands. */
    public static final int NBD_CMD_READ = 0;

    public static final int NBD_CMD_WRITE = 1;
    public static final int NBD_CMD_DISC = 2;
    public static final int NBD_CMD_FLUSH = 3;
    public static final int NBD_CMD_TRIM = 4;
    public static final int NBD_CMD_CACHE = 5;
    public static final int NBD_CMD_WRITE_ZEROES = 6;
    public static final int NBD_CMD_BLOCK_STATUS = 7;

    /** Command flags. */
    public static final int NBD_CMD_FLAG_FUA = 1;

    public static final int NBD_CMD_FLAG_NO_HOLE = 1 << 1;
    public static final int NBD_CMD_FLAG_DF = 1 << 2;
    public static final int NBD_CMD_FLAG_REQ_ONE = 1 << 3;
    public static final int NBD_CMD_FLAG_FAST_ZERO = 1 << 4;
    public static final int NBD_CMD_FLAG_PAYLOAD_LEN = 1 << 5;

    /** Chunk flag: last chunk of a reply. */
    public static final int NBD_REPLY_FLAG_DONE = 1;

    /** Chunk types. */
    public static final int NBD_REPLY_TYPE_NONE = 0;

    public static final int NBD_REPLY_TYPE_OFFSET_DATA = 1;
    public static final int NBD_REPLY_TYPE_OFFSET_HOLE = 2;
    public static final int NBD_REPLY_TYPE_BLOCK_STATUS = 5;
    public static final int NBD_REPLY_TYPE_BLOCK_STATUS_EXT = 6;
    public static final int NBD_REPLY_TYPE_ERROR = (1 << 15) + 1;

    /** The only metadata context with its id and its states. */
    public static final String BASE_ALLOCATION = "base:allocation";

    public static final int BASE_ALLOCATION_ID = 1;
    public static final int NBD_STATE_HOLE = 1;
    public static final int NBD_STATE_ZERO = 1 << 1;

    /** Error numbers. */
    public static final int NBD_SUCCESS = 0;

    public static final int NBD_EPERM = 1;
    public static final int NBD_EIO = 5;
    public static final int NBD_ENOMEM = 12;
    public static final int NBD_EINVAL = 22;
    public static final int NBD_ENOSPC = 28;
    public static final int NBD_EOVERFLOW = 75;
    public static final int NBD_ENOTSUP = 95;
    public static final int NBD_ESHUTDOWN = 108;

    /** Request header: magic, flags, type, cookie, offset, length. */
    public static final int REQUEST_BYTES = 28;

    /** Extended request header. Its length has 64 bits. */
    public static final int EXTENDED_REQUEST_BYTES = 32;

    /** Simple reply header: magic, error, cookie. */
    public static final int SIMPLE_REPLY_BYTES = 16;

    /** Structured chunk header: magic, flags, type, cookie, length. */
    public static final int STRUCTURED_REPLY_BYTES = 20;

    /** Extended chunk header: magic, flags, type, cookie, offset, length. */
    public static final int EXTENDED_REPLY_BYTES = 32;

    /** Option header: magic, option, length. */
    public static final int OPTION_BYTES = 16;

    /** Header of a reply to an option: magic, option, type, length. */
    public static final int OPTION_REPLY_BYTES = 20;

    /** Longest string in the specification (bytes). */
    public static final int MAX_STRING_BYTES = 4096;

    private Nbd() {}
}
