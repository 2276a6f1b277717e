/** A run of Weir: framework start, report and clean stop. */
@NullMarked
package dev.weir.launcher.run;

import org.jspecify.annotations.NullMarked;
