/** Configuration of drives and groups, and the service that applies the configuration file. */
@Export
@Version("1.1.0")
@NullMarked
package dev.weir.drive.settings;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
