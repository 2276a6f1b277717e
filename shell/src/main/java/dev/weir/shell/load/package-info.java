/** Load for the command {@code bench}: requests that take the way of a client through the queue of a drive. */
@NullMarked
package dev.weir.shell.load;

import org.jspecify.annotations.NullMarked;
