/** Results of commands as tables and JSON. */
@NullMarked
package dev.weir.view;

import org.jspecify.annotations.NullMarked;
