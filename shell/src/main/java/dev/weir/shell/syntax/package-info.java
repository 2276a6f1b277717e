/** The syntax of commands as their help texts state it, and the error of a command. */
@NullMarked
package dev.weir.shell.syntax;

import org.jspecify.annotations.NullMarked;
