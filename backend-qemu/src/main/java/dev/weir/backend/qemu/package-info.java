/**
 * Storage backend {@code qemu}: drives in the image formats and protocols of QEMU. Each drive runs its own {@code
 * qemu-storage-daemon} and reaches it over NBD.
 */
@NullMarked
package dev.weir.backend.qemu;

import org.jspecify.annotations.NullMarked;
