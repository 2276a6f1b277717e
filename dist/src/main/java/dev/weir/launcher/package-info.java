/** The command line of {@code bin/weir}. The launcher is on the class path and uses no class of a bundle. */
@NullMarked
package dev.weir.launcher;

import org.jspecify.annotations.NullMarked;
