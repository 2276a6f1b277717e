/** What watching costs, from within the package of the live view. */
@NullMarked
package dev.weir.shell.watch;

import org.jspecify.annotations.NullMarked;
