/** Load that is made inside of Weir, and goes to a drive as a client's does: through its queue. */
@NullMarked
package dev.weir.shell.bench;

import org.jspecify.annotations.NullMarked;
