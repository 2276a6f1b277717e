/** Texts for operators: logs that clients and storage cannot flood, and parts of messages. */
@Export
@Version("1.0.0")
@NullMarked
package dev.weir.log;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
