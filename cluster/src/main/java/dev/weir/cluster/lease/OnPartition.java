package dev.weir.cluster.lease;

/**
 * The share of a host that cannot reach the coordinator after the end of its lease ({@code on-partition}). All hosts
 * of a cluster must have the same value. {@link Holder#share} applies it.
 */
public enum OnPartition {
    /** At most the last share for a grace period and then the safe share. */
    SAFE_SHARE("safe-share"),
    /** The last share. */
    LAST_SHARE("last-share"),
    /** No share: every request waits. */
    HOLD("hold");

    private final String key;

    OnPartition(String key) {
        this.key = key;
    }

    /** Returns the value in the configuration. */
    public String key() {
        return key;
    }

    /**
     * Returns the constant of a configured value.
     *
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
