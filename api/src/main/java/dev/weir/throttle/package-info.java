/** Limits and the policies that enforce them. */
@Export
@Version("1.0.0")
@NullMarked
package dev.weir.throttle;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
