/** The cost of clients that read the HTTP API. */
@NullMarked
package dev.weir.bench.api;

import org.jspecify.annotations.NullMarked;
