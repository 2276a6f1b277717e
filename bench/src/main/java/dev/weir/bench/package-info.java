/** Benchmarks beside peers: the suites that {@code bench/run} runs. */
@NullMarked
package dev.weir.bench;

import org.jspecify.annotations.NullMarked;
