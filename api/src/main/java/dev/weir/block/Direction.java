package dev.weir.block;

/** The direction of a request, which selects the read or write limits. Write-zeroes and trims count as writes. */
public enum Direction {
    /** Data leaves the drive. */
    READ,
    /** Data enters the drive. */
    WRITE
}
