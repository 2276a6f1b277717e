/**
 * The transport of a connection, a plain socket, the proven name of its client and the tasks of the thread that serves
 * it. Nothing in this package knows NBD.
 */
@NullMarked
package dev.weir.nbd.wire;

import org.jspecify.annotations.NullMarked;
