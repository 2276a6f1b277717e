/** Drives at run time: block queues, timers, groups and statistics. */
@NullMarked
package dev.weir.engine;

import org.jspecify.annotations.NullMarked;
