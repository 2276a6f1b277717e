/** Simulations of the engine on a virtual clock, and the pictures of the documentation. */
@NullMarked
package dev.weir.bench.simulation;

import org.jspecify.annotations.NullMarked;
