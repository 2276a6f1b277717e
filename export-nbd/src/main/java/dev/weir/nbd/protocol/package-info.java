/**
 * The NBD protocol: constants, codecs and rules for requests. It does not use sockets.
 *
 * @see <a href="https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md">The NBD protocol</a>
 */
@NullMarked
package dev.weir.nbd.protocol;

import org.jspecify.annotations.NullMarked;
