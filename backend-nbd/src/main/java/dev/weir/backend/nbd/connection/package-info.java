/** Connections to servers: the event loop, sockets and the commands in flight. */
@NullMarked
package dev.weir.backend.nbd.connection;

import org.jspecify.annotations.NullMarked;
