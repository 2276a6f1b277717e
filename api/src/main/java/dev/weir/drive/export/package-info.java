/** Services of an export: the addresses it listens on and the bounds of its clients. */
@Export
@Version("1.1.0")
@NullMarked
package dev.weir.drive.export;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
