/** Storage backend {@code memory}: sparse drives in memory. */
@NullMarked
package dev.weir.backend.memory;

import org.jspecify.annotations.NullMarked;
