/** Unix sockets: the users that may connect. */
@NullMarked
package dev.weir.nbd.unix;

import org.jspecify.annotations.NullMarked;
