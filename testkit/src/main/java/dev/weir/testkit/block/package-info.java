/** What every block backend is held to. */
@NullMarked
package dev.weir.testkit.block;

import org.jspecify.annotations.NullMarked;
