/** Results of commands on this Weir as a whole: its status and cluster, its reloads and its installed types. */
@NullMarked
package dev.weir.view.system;

import org.jspecify.annotations.NullMarked;
