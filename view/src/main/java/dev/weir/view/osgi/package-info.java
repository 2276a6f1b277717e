/** Tracks the OSGi services that the shell and the HTTP API show. */
@NullMarked
package dev.weir.view.osgi;

import org.jspecify.annotations.NullMarked;
