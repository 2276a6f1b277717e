package dev.weir.control.server;

import java.util.function.LongSupplier;

/** Limits the rate of requests with a token bucket. Thread-safe. */
final class RequestRate {
    private final int perSecond;
    private final LongSupplier millis;
    private double left;
    private long at;

    /**
     * Creates a full bucket.
     *
     * @param perSecond the refill (requests per second) and the size of the bucket
     * @param millis the time (ms)
     */
    RequestRate(int perSecond, LongSupplier millis) {
        this.perSecond = perSecond;
        this.millis = millis;
        left = perSecond;
        at = millis.getAsLong();
    }

    /** Takes one request. Returns false if the bucket is empty. */
    synchronized boolean take() {
        refill();
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }

    /** Returns whether a request could be taken. */
    synchronized boolean isLeft() {
        refill();
        return left >= 1;
    }

    private void refill() {
        long now = millis.getAsLong();
        long passed = Math.max(0, now - at); // the wall clock may jump back
        at = now;
        left = Math.min(perSecond, left + passed * perSecond / 1000.0);
    }
}
