/** A cluster for tests of the parts that show it. */
@NullMarked
package dev.weir.testkit.cluster;

import org.jspecify.annotations.NullMarked;
