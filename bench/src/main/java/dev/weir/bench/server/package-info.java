/** The programs of a measurement: Weir and its peers as servers, fio as the client, hosts in network namespaces. */
@NullMarked
package dev.weir.bench.server;

import org.jspecify.annotations.NullMarked;
