/** The filter that applies faults on purpose. */
@NullMarked
package dev.weir.filter.faults;

import org.jspecify.annotations.NullMarked;
