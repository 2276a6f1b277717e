/** The client's side of the NBD protocol: codecs and rules without sockets. */
@NullMarked
package dev.weir.backend.nbd.protocol;

import org.jspecify.annotations.NullMarked;
