@NullMarked
package dev.weir.control.api;

import org.jspecify.annotations.NullMarked;
