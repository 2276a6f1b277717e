/** Numbers with units, as configuration, shell and HTTP API read them. */
@Export
@Version("1.1.0")
@NullMarked
package dev.weir.unit;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
