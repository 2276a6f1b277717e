/** Faults on purpose: their description, their state, and power cuts. */
@Export
@Version("1.0.0")
@NullMarked
package dev.weir.fault;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
