/** Microbenchmarks: the decision of a policy, the path through a drive, many drives, the live view. */
@NullMarked
package dev.weir.bench.micro;

import org.jspecify.annotations.NullMarked;
