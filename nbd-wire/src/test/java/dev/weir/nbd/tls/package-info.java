@NullMarked
package dev.weir.nbd.tls;

import org.jspecify.annotations.NullMarked;
