/** The HOCON file and the command line: what they say, what is wrong with it, and how it becomes configuration. */
@NullMarked
package dev.weir.config;

import org.jspecify.annotations.NullMarked;
