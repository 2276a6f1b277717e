/** The command line, and the framework that it starts. Outside of all bundles, and sees none of their classes. */
@NullMarked
package dev.weir.launcher;

import org.jspecify.annotations.NullMarked;
