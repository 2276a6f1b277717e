/** A remote NBD export as the storage of a drive. */
@NullMarked
package dev.weir.backend.nbd;

import org.jspecify.annotations.NullMarked;
