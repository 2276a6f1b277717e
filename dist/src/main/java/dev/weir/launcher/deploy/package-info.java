/** Hot deployment of bundles from the folder {@code deploy/} of a home. */
@NullMarked
package dev.weir.launcher.deploy;

import org.jspecify.annotations.NullMarked;
