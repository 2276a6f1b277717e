package dev.weir.throttle;

/** The direction of a request, which selects the read or write limits. Write-zeroes and trims count as writes. */
public enum Direction {
    /** Out of the drive. */
    READ,
    /** Into the drive. */
    WRITE
}
