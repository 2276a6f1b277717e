package dev.weir.nbd;

/** What the server spends on its connections beside its {@link Limits}. Per connection unless it says otherwise. */
final class Bounds {
    /** The longest data of an option that is looked at; it holds the longest name the specification allows. */
    static final int MAX_OPTION_BYTES = 16 << 10;

    /** What is received at once in the handshake; more than the longest option. */
    static final int HANDSHAKE_RECEIVE_BYTES = 32 << 10;

    /** Requests that are kept for reuse. */
    static final int MAX_SPARE_REQUESTS = 256;

    /** What a thread receives at once; more than a Unix socket holds on Linux by default. One per thread. */
    static final int RECEIVE_BYTES = 256 << 10;

    /** How often a connection is read from before others of its thread have their turn. */
    static final int MAX_READS_PER_TURN = 4;

    /** What is taken at first for a payload that is longer. Memory costs most when it is new, also if nothing comes. */
    static final int FIRST_PAYLOAD_BYTES = 1 << 20;

    /** How much of a longer payload's room there is once what there was is full, as a multiple of that. */
    static final int PAYLOAD_GROWTH = 4;

    /** From here on the rest of a payload is read from the socket straight into its own buffer. */
    static final int MIN_DIRECT_READ_BYTES = 16 << 10;

    /** What is received at once behind such a payload: the next few requests, but little of their payload. */
    static final int READ_BEHIND_BYTES = 4 << 10;

    /** For how long, in its own processor time, a thread looks for the rest of a payload before it sleeps. */
    static final long EXPECT_MORE_NANOS = 40_000;

    /** Replies written by one system call go up to about this many bytes, or to a number of replies. */
    static final int MAX_ROUND_BYTES = 256 << 10;

    /** Replies that a thread writes while it is still taking requests: at first, then twice as many, up to a round. */
    static final int FIRST_ROUND_BYTES = 32 << 10;

    /** From here on a reply is a long one. */
    static final int LONG_REPLY_BYTES = 64 << 10;

    /** From here on a read takes the memory of a backend that lends it, and not a copy. */
    static final int MIN_BORROWED_BYTES = 8 << 10;

    /** For how many loans a request that is kept for reuse has room. */
    static final int MAX_KEPT_LOANS = 16;

    /** What a Unix socket is asked to hold for a client of long replies; the most that Linux allows by default. */
    static final int WIDE_SOCKET_BYTES = 208 << 10;

    /** Replies with data that are written by one system call. */
    static final int MAX_ROUND_DATA = 64;

    /** What replies without data that are written by one system call may take together, in bytes. */
    static final int MAX_ROUND_PLAIN_BYTES = 4 << 10;

    /** The extents that one block status tells; a client asks again for what is behind them. */
    static final int MAX_EXTENTS = 2048;

    /** How often a thread that is not the connection's own writes before it leaves the rest to that. */
    static final int MAX_ROUNDS_ABROAD = 4;

    /** Direct memory that is kept for reuse. In all, for the threads together. */
    static final long MAX_SPARE_BYTES = 64L << 20;

    /** The threads that serve sockets. In all. */
    static final int MAX_LOOPS = 4;

    private Bounds() {}
}
