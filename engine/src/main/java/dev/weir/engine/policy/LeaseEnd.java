package dev.weir.engine.policy;

/**
 * The end of a lease on limits.
 *
 * @param hasEnd whether the lease ends
 * @param nanos the moment (ns); meaningless if it does not end
 */
public record LeaseEnd(boolean hasEnd, long nanos) {

    /** No end. */
    public static final LeaseEnd NEVER = new LeaseEnd(false, 0);

    boolean isPast(long now) {
        return hasEnd && now - nanos >= 0;
    }
}
