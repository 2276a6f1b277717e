/** Results of commands as tables and JSON: drives, groups and their requests. */
@NullMarked
package dev.weir.view;

import org.jspecify.annotations.NullMarked;
