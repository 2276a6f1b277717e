/** Clients of many NBD connections on one thread. */
@NullMarked
package dev.weir.bench.many;

import org.jspecify.annotations.NullMarked;
