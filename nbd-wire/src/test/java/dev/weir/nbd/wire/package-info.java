@NullMarked
package dev.weir.nbd.wire;

import org.jspecify.annotations.NullMarked;
