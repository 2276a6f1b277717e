/** Text for a terminal: tables that fit its width, bars, numbers with units, rates against limits. */
@NullMarked
package dev.weir.view.text;

import org.jspecify.annotations.NullMarked;
