/** Long-lived threads and repeated tasks that no error ends unnoticed. */
@Export
@Version("1.0.0")
@NullMarked
package dev.weir.supervision;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
