/**
 * Connections of clients: handshake, transmission, requests in flight and reply queue.
 *
 * <p>{@link dev.weir.nbd.connection.HandshakeConnection} and {@link dev.weir.nbd.connection.TransmissionConnection}
 * run on the threads of an event loop. {@link dev.weir.nbd.connection.ReplyQueue} accepts replies from any thread.
 */
@NullMarked
package dev.weir.nbd.connection;

import org.jspecify.annotations.NullMarked;
