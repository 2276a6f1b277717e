/** The session in which a command runs: its user and its terminal. */
@NullMarked
package dev.weir.shell.session;

import org.jspecify.annotations.NullMarked;
