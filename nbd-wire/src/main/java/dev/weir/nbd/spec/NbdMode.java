package dev.weir.nbd.spec;

/**
 * The framing of requests and replies on a connection. The simple mode is the default and clients negotiate the
 * others.
 */
public enum NbdMode {
    /** Simple replies: an error or the data of a read without its length. */
    SIMPLE(Nbd.NBD_REQUEST_MAGIC, Nbd.REQUEST_BYTES, Nbd.SIMPLE_REPLY_BYTES),

    /** Structured replies in typed chunks. A success without data is still a simple reply. */
    STRUCTURED(Nbd.NBD_REQUEST_MAGIC, Nbd.REQUEST_BYTES, Nbd.STRUCTURED_REPLY_BYTES + Long.BYTES),

    /** Extended headers: 64-bit lengths in requests. All replies are chunks. */
    EXTENDED(Nbd.NBD_EXTENDED_REQUEST_MAGIC, Nbd.EXTENDED_REQUEST_BYTES, Nbd.EXTENDED_REPLY_BYTES + Long.BYTES);

    /** Magic of a request. */
    public final int requestMagic;

    /** Length of a request header (bytes). */
    public final int requestBytes;

    /** Length of the header of a read reply (bytes). */
    public final int readHeaderBytes;

    NbdMode(int requestMagic, int requestBytes, int readHeaderBytes) {
        this.requestMagic = requestMagic;
        this.requestBytes = requestBytes;
        this.readHeaderBytes = readHeaderBytes;
    }
}
