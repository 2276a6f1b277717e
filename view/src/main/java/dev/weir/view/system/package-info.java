/** Results of commands on this Weir as a whole: its status, its cluster, its reloads and installed types. */
@NullMarked
package dev.weir.view.system;

import org.jspecify.annotations.NullMarked;
