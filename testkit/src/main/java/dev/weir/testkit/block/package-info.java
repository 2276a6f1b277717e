/** The contract suite for block backends, devices and filters, and fake drives that a script controls. */
@NullMarked
package dev.weir.testkit.block;

import org.jspecify.annotations.NullMarked;
