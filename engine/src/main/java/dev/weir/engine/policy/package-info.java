/** The slot that holds the policy of a drive or group, and what guards the engine against a broken policy. */
@NullMarked
package dev.weir.engine.policy;

import org.jspecify.annotations.NullMarked;
