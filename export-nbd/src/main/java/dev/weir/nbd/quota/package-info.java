/** Quotas of clients: connections, memory of requests and the shares of drives in both. */
@NullMarked
package dev.weir.nbd.quota;

import org.jspecify.annotations.NullMarked;
