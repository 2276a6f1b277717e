/** Reloads the configuration for the shell and the HTTP API. */
@NullMarked
package dev.weir.view.reload;

import org.jspecify.annotations.NullMarked;
