package dev.weir.cluster;

/**
 * The share of a host in a network partition ({@code on-partition}): it cannot reach a coordinator after the end of its
 * lease. All hosts of a cluster must have the same value. The same rule applies while no {@link LimitBroker} is
 * installed. {@code Holder} of the bundle cluster applies it.
 */
public enum OnPartition {
    /** At most the last share for a grace period and then the safe share. */
    SAFE_SHARE("safe-share"),
    /** The last share. A host without one has its least share, because other hosts may keep theirs. */
    LAST_SHARE("last-share"),
    /** No share: every request waits. */
    HOLD("hold");

    private final String key;

    OnPartition(String key) {
        this.key = key;
    }

    /** {@return the value in the configuration} */
    public String key() {
        return key;
    }

    /**
     * {@return the constant of a configured value}
     *
     * @param key the value
     * @throws IllegalArgumentException if no constant has the value
     */
    public static OnPartition of(String key) {
        for (OnPartition value : values()) {
            if (value.key.equals(key)) {
                return value;
            }
        }
        throw new IllegalArgumentException("on-partition = " + key + ": must be safe-share, last-share or hold");
    }
}
