/** The load generator of {@code bench}. Its requests pass through the drive's queue like those of a client. */
@NullMarked
package dev.weir.shell.load;

import org.jspecify.annotations.NullMarked;
