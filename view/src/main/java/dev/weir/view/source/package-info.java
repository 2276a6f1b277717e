/** Builds views of the current drives and groups. */
@NullMarked
package dev.weir.view.source;

import org.jspecify.annotations.NullMarked;
