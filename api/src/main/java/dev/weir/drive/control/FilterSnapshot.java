package dev.weir.drive.control;

import java.util.Map;

/**
 * The state of an open filter of a drive at one moment.
 *
 * <p>Immutable.
 *
 * @param type the type of the filter
 * @param options the current options by name
 * @param held number of requests that it holds
 * @param condition why it cannot serve; empty if it serves
 */
public record FilterSnapshot(String type, Map<String, Object> options, int held, String condition) {}
