/** The record of unflushed writes, and their fate in a power cut. */
@NullMarked
package dev.weir.filter.faults.unflushed;

import org.jspecify.annotations.NullMarked;
