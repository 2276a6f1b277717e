/** Filters: devices that wrap the storage of a drive. */
@Export
@Version("1.0.0")
@NullMarked
package dev.weir.block.filter;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
