/** Simulations of the engine, from within its package so that time is theirs to set. */
@NullMarked
package dev.weir.engine;

import org.jspecify.annotations.NullMarked;
