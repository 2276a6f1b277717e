/** The Gogo commands of the scope {@code weir}. */
@NullMarked
package dev.weir.shell.command;

import org.jspecify.annotations.NullMarked;
