/** The log file, and messages on standard error. */
@NullMarked
package dev.weir.launcher.log;

import org.jspecify.annotations.NullMarked;
