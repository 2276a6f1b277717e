/** Server-sent events: changes of state and samples of drives. */
@NullMarked
package dev.weir.control.event;

import org.jspecify.annotations.NullMarked;
