/** The home: its folders, their access rights and its lock. */
@NullMarked
package dev.weir.launcher.home;

import org.jspecify.annotations.NullMarked;
