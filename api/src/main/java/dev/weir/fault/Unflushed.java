package dev.weir.fault;

/**
 * The record of unflushed writes of a drive at one moment.
 *
 * <p>Immutable.
 *
 * @param writes number of writes, write-zeroes and trims in the record
 * @param bytes their data (bytes)
 * @param maxBytes the most data in the record (bytes)
 * @param early bytes of unflushed writes that the bound has sent to the backend since the last flush
 */
public record Unflushed(long writes, long bytes, long maxBytes, long early) {}
