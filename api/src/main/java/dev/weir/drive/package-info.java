/** Drives and requests: the interface that an export submits to. */
@Export
@Version("1.0.0")
@NullMarked
package dev.weir.drive;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
