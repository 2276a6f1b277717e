/**
 * The NBD protocol: constants, codecs of the handshake and of requests and replies, and rules for requests. No sockets.
 *
 * @see <a href="https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md">The NBD protocol</a>
 */
@NullMarked
package dev.weir.nbd.protocol;

import org.jspecify.annotations.NullMarked;
