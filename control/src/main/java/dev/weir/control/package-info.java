/** The HTTP API and the console as a service of OSGi. */
@NullMarked
package dev.weir.control;

import org.jspecify.annotations.NullMarked;
