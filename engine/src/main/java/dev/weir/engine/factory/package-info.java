/** The registered factories of backends, filters and policies. */
@NullMarked
package dev.weir.engine.factory;

import org.jspecify.annotations.NullMarked;
