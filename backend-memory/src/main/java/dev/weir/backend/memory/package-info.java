/** The backend {@code memory}. */
@NullMarked
package dev.weir.backend.memory;

import org.jspecify.annotations.NullMarked;
