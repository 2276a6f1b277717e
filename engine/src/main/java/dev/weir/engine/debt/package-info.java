/** Debts of drives and groups that survive a restart of Weir. */
@NullMarked
package dev.weir.engine.debt;

import org.jspecify.annotations.NullMarked;
