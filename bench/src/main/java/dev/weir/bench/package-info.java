/** Benchmarks beside peers: what {@code bench/run} runs. */
@NullMarked
package dev.weir.bench;

import org.jspecify.annotations.NullMarked;
