@NullMarked
package dev.weir.backend.nbd;

import org.jspecify.annotations.NullMarked;
