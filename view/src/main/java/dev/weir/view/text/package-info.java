/** Text for a terminal: tables that fit its width, bars and numbers with units. */
@NullMarked
package dev.weir.view.text;

import org.jspecify.annotations.NullMarked;
