@NullMarked
package dev.weir.bench.report;

import org.jspecify.annotations.NullMarked;
