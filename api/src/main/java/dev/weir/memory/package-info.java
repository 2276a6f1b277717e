/** Direct memory: its division between drives and clients and an allocation that never waits. */
@Export
@Version("1.0.0")
@NullMarked
package dev.weir.memory;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
