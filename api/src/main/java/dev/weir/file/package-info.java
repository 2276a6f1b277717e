/** Files of Weir: trust in them, changes of them and their replacement in one step. */
@Export
@Version("1.1.0")
@NullMarked
package dev.weir.file;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
