/** Inspection and live change of running drives and groups: snapshots, queued requests, limits, policies. */
@Export
@Version("1.2.0")
@NullMarked
package dev.weir.drive.control;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
