package dev.weir.throttle;

/** Which of the read and write limits a request comes under. Write-zeroes and trim count as writes. */
public enum Direction {
    /** Out of the drive. */
    READ,
    /** Into the drive. */
    WRITE
}
