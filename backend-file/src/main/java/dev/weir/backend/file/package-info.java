/** The backend {@code file}. */
@NullMarked
package dev.weir.backend.file;

import org.jspecify.annotations.NullMarked;
