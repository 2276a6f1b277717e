/** The programs of a measurement: Weir and its peers as servers, and fio as the client. */
@NullMarked
package dev.weir.bench.server;

import org.jspecify.annotations.NullMarked;
