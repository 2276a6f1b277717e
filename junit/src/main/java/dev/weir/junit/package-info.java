/** A throttled drive for a test: {@link dev.weir.junit.WeirDrive}. */
@NullMarked
package dev.weir.junit;

import org.jspecify.annotations.NullMarked;
