package dev.weir.nbd.protocol;

/** How requests and replies are framed on a connection. A client asks for anything but the simple mode. */
public enum NbdMode {
    /** Simple replies: an error, or the data that was asked for and nothing that says how much it is. */
    SIMPLE(Nbd.NBD_REQUEST_MAGIC, Nbd.REQUEST_BYTES, Nbd.SIMPLE_REPLY_BYTES),

    /** Structured replies, in chunks that say what they are, where that is more than an error of 0. */
    STRUCTURED(Nbd.NBD_REQUEST_MAGIC, Nbd.REQUEST_BYTES, Nbd.STRUCTURED_REPLY_BYTES + Long.BYTES),

    /** Extended headers: requests with lengths of 64 bits, and chunks only. */
    EXTENDED(Nbd.NBD_EXTENDED_REQUEST_MAGIC, Nbd.EXTENDED_REQUEST_BYTES, Nbd.EXTENDED_REPLY_BYTES + Long.BYTES);

    /** With what a request begins. */
    public final int requestMagic;

    /** A request without its payload, in bytes. */
    public final int requestBytes;

    /** What stands in front of the data of a read, in bytes. */
    public final int readHeaderBytes;

    NbdMode(int requestMagic, int requestBytes, int readHeaderBytes) {
        this.requestMagic = requestMagic;
        this.requestBytes = requestBytes;
        this.readHeaderBytes = readHeaderBytes;
    }
}
