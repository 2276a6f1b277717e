/** Block backends: where the bytes of a drive are, and the errors of a block layer. */
@Export
@Version("1.0.0")
@NullMarked
package dev.weir.block;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
