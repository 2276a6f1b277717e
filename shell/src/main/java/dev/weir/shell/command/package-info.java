/** The Gogo commands of the scope {@code weir}, their syntax, and word completion. */
@NullMarked
package dev.weir.shell.command;

import org.jspecify.annotations.NullMarked;
