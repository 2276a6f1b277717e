/** Events of drives and groups, found by regular looks at their state. It uses the API only. */
@NullMarked
package dev.weir.engine.events;

import org.jspecify.annotations.NullMarked;
