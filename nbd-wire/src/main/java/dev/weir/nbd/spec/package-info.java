/** Constants and framing of the NBD protocol under the names of its specification. */
@NullMarked
package dev.weir.nbd.spec;

import org.jspecify.annotations.NullMarked;
