/** The contract suite for block backends and a backend with injected faults. */
@NullMarked
package dev.weir.testkit.block;

import org.jspecify.annotations.NullMarked;
