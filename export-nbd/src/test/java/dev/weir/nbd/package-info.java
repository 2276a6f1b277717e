@NullMarked
package dev.weir.nbd;

import org.jspecify.annotations.NullMarked;
