/** Users of the API: tokens and sessions of the console. */
@NullMarked
package dev.weir.control.access;

import org.jspecify.annotations.NullMarked;
