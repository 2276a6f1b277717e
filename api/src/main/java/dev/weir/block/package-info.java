/** Block devices and backends: the storage of a drive, its requests and their errors. */
@Export
@Version("1.1.0")
@NullMarked
package dev.weir.block;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
