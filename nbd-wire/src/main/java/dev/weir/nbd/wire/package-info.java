/**
 * The transport of a connection: a plain socket or TLS, and the tasks of the thread that serves it. Nothing in this
 * package knows NBD. Only this package knows the TLS library.
 */
@NullMarked
package dev.weir.nbd.wire;

import org.jspecify.annotations.NullMarked;
