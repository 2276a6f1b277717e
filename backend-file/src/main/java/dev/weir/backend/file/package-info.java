/** Storage backend {@code file}: drives in raw image files. */
@NullMarked
package dev.weir.backend.file;

import org.jspecify.annotations.NullMarked;
