/** Sessions of the command interpreter Gogo. See docs/design/decisions/011. */
@NullMarked
package dev.weir.shell.gogo;

import org.jspecify.annotations.NullMarked;
