/** Files of {@code weir.d}, which Weir writes: one for each drive and group that was defined by a command. */
@NullMarked
package dev.weir.config.saved;

import org.jspecify.annotations.NullMarked;
