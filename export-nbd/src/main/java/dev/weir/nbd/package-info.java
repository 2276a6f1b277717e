/**
 * The NBD server and the component that configures it.
 *
 * <p>Packages: {@code connection} has the connections of clients, {@code protocol} the codecs of the NBD protocol
 * without sockets, {@code net} event loops, listeners and buffers and {@code wire} plain and TLS transport.
 *
 * @see <a href="https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md">The NBD protocol</a>
 */
@NullMarked
package dev.weir.nbd;

import org.jspecify.annotations.NullMarked;
