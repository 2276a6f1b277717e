@NullMarked
package dev.weir.backend.nbd.protocol;

import org.jspecify.annotations.NullMarked;
