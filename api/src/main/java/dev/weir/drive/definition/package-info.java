/** Definitions of drives and groups, and the service that changes them for good. */
@Export
@Version("1.0.0")
@NullMarked
package dev.weir.drive.definition;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
