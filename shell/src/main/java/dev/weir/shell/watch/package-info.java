/**
 * The live view of drives, their queues and their timers. What is drawn is made of snapshots by plain functions of the
 * size of the terminal; only {@link dev.weir.shell.watch.WatchLoop} knows of a terminal.
 */
@NullMarked
package dev.weir.shell.watch;

import org.jspecify.annotations.NullMarked;
