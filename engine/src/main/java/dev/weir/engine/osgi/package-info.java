/** Wiring of the engine to OSGi: components, configuration listeners, published services. */
@NullMarked
package dev.weir.engine.osgi;

import org.jspecify.annotations.NullMarked;
