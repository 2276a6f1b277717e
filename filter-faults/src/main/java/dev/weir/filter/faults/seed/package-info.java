/** Random numbers by seed. */
@NullMarked
package dev.weir.filter.faults.seed;

import org.jspecify.annotations.NullMarked;
