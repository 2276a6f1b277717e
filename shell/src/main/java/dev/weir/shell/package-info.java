/** The commands of the scope {@code weir}: what they read, what they return and how that is shown. */
@NullMarked
package dev.weir.shell;

import org.jspecify.annotations.NullMarked;
