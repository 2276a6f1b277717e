/**
 * The NBD server: it listens, negotiates an export with each client and passes requests to drives.
 *
 * <p>Two state machines know the protocol and no socket: {@link dev.weir.nbd.Handshake} and
 * {@link dev.weir.nbd.Transmission}. {@link dev.weir.nbd.Negotiation} and {@link dev.weir.nbd.Session} are
 * the sockets that drive them, on the threads of {@link dev.weir.nbd.EventLoop}; a
 * {@link dev.weir.nbd.ReplyQueue} takes replies from any thread.
 *
 * <p>What carries a connection's bytes, a socket alone or TLS over it, is in {@code dev.weir.nbd.wire}.
 *
 * @see <a href="https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md">The NBD protocol</a>
 */
@NullMarked
package dev.weir.nbd;

import org.jspecify.annotations.NullMarked;
