/** Drives and groups at run time: their lifecycle, settings and services. */
@NullMarked
package dev.weir.engine;

import org.jspecify.annotations.NullMarked;
