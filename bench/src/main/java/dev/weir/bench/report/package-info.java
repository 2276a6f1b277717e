/** The report of a run: rounds, samples, tables and goals. */
@NullMarked
package dev.weir.bench.report;

import org.jspecify.annotations.NullMarked;
