/**
 * What carries the bytes of a connection: a socket alone, or TLS over it. Nothing here knows NBD, and nothing
 * outside knows the TLS library.
 */
@NullMarked
package dev.weir.nbd.wire;

import org.jspecify.annotations.NullMarked;
