/** Access of users to the HTTP API: tokens and links to the console. */
@Export
@Version("1.1.0")
@NullMarked
package dev.weir.access;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
