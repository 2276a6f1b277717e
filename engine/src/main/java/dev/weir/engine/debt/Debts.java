package dev.weir.engine.debt;

import dev.weir.engine.throttle.TreeNode;

/** Keeps debts over a restart, by {@link dev.weir.engine.policy.PolicySlot#owner() owner}. Thread-safe. */
public interface Debts extends AutoCloseable {

    /** Keeps nothing: every process starts without debts. */
    Debts NONE = new Debts() {
        @Override
        public void restore(TreeNode node) {
            // no debt was kept
        }

        @Override
        public void forget(TreeNode node) {
            // no debt is kept
        }

        @Override
        public void close() {
            // holds nothing
        }
    };

    /**
     * Gives a new drive or group the debt of its owner in the last process, less the time that has passed. From now
     * on its debt is kept. Called before its first request.
     */
    void restore(TreeNode node);

    /** Forgets the debt of a drive or group that is removed from the configuration. */
    void forget(TreeNode node);

    /** Keeps the last debts. Called when no drive releases requests any more. */
    @Override
    void close();
}
