/**
 * Connections of clients: handshake and transmission phase, requests in flight, replies, quotas.
 *
 * <p>{@link dev.weir.nbd.connection.HandshakeConnection} and {@link dev.weir.nbd.connection.TransmissionConnection} run on the threads of
 * an event loop; {@link dev.weir.nbd.connection.ReplyQueue} takes replies from any thread.
 */
@NullMarked
package dev.weir.nbd.connection;

import org.jspecify.annotations.NullMarked;
