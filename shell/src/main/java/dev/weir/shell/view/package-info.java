/** Results of commands as tables and JSON. */
@NullMarked
package dev.weir.shell.view;

import org.jspecify.annotations.NullMarked;
