@NullMarked
package dev.weir.control.console;

import org.jspecify.annotations.NullMarked;
