/** How fast drives are used, against how fast they may be. */
@NullMarked
package dev.weir.shell.rate;

import org.jspecify.annotations.NullMarked;
