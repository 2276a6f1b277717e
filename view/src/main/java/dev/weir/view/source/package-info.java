/** Builds views of the drives and groups that are there now. */
@NullMarked
package dev.weir.view.source;

import org.jspecify.annotations.NullMarked;
