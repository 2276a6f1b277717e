/** Time as the engine sees it: a monotonic clock and its timers, both replaceable in tests. */
@Export
@Version("1.0.0")
@NullMarked
package dev.weir.clock;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
