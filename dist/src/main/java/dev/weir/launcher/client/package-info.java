/** Client of the shell of a running Weir. */
@NullMarked
package dev.weir.launcher.client;

import org.jspecify.annotations.NullMarked;
