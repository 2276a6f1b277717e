/** Event loops, listening sockets and pooled direct buffers. */
@NullMarked
package dev.weir.nbd.net;

import org.jspecify.annotations.NullMarked;
