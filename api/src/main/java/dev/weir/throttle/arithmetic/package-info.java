/** Exact arithmetic for policies: a rate meter without rounding loss, and bounds on the cost of a request. */
@Export
@Version("1.0.0")
@NullMarked
package dev.weir.throttle.arithmetic;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
