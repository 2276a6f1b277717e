/** Checks that other users cannot change a file that Weir trusts. */
@Export
@Version("1.0.0")
@NullMarked
package dev.weir.file;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
