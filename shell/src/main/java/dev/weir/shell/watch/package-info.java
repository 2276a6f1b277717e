/**
 * The live view of drives, queues and timers ({@code watch}). Pure functions draw the screens from snapshots and the
 * terminal's size. Only {@link dev.weir.shell.watch.WatchLoop} and {@code Painter} use the terminal.
 */
@NullMarked
package dev.weir.shell.watch;

import org.jspecify.annotations.NullMarked;
