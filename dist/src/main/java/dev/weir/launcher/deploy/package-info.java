/** The folder {@code deploy/} of a home, whose jars become bundles while Weir runs. */
@NullMarked
package dev.weir.launcher.deploy;

import org.jspecify.annotations.NullMarked;
