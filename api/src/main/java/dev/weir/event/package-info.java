/** Events: changes of state that operators follow. */
@Export
@Version("1.0.0")
@NullMarked
package dev.weir.event;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
