package dev.weir.block.filter;

import dev.weir.block.BlockDevice;
import dev.weir.clock.Clock;

/**
 * The surroundings of a filter. They stay the same from its opening to its end, also when filters beside it change.
 *
 * @param drive the name of the drive for messages
 * @param next the device that the filter wraps; its {@code readOnly} is that of the storage, not of the configuration;
 *     it answers nothing to {@code held}, {@code condition}, {@code check} and {@code close}
 * @param clock the only source of time and timers for the filter
 */
public record FilterContext(String drive, BlockDevice next, Clock clock) {}
