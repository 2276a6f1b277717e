package dev.weir.fault;

/**
 * A fault of a drive at one moment.
 *
 * <p>Immutable.
 *
 * @param fault the fault with its seed
 * @param active whether it hits requests now
 * @param changesInNanos the time until it begins or ends by itself (ns); -1 if it does not
 * @param requests number of requests that it has hit since it was set
 * @param holding number of requests that it holds now
 */
public record FaultState(Fault fault, boolean active, long changesInNanos, long requests, int holding) {}
