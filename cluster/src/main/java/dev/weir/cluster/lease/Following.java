package dev.weir.cluster.lease;

import dev.weir.cluster.message.Offer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator that a host follows and the temporary promise to follow no other one. Not thread-safe.
 */
final class Following {
    /** A coordinator and the number of its term. */
    record Term(String host, long number) {}

    private final Timing timing;
    private @Nullable Term term;
    private boolean established;
    private long heardAt;
    private boolean hasPromise;
    private long promiseUntil;

    /** Rises with each term that the host begins to follow. */
    private long epoch;

    /** The highest number of an offer of the term. */
    private long received;

    /** An established coordinator that the host cannot follow yet. */
    private @Nullable Term better;

    private long betterAt;

    Following(Timing timing) {
        this.timing = timing;
    }

    /** Returns the followed term; null for none. */
    @Nullable
    Term term() {
        return term;
    }

    boolean isEstablished() {
        return established;
    }

    long epoch() {
        return epoch;
    }

    long received() {
        return received;
    }

    /** Follows another term. */
    void follow(Term other, long now) {
        term = other;
        better = null;
        established = false;
        received = 0;
        epoch++;
        heardAt = now;
    }

    /** Ends the followed term and the promise. */
    void end() {
        hasPromise = false;
        established = false;
        term = null;
    }

    /** Takes an offer of the followed term. */
    void hear(Offer offer, long now) {
        heardAt = now;
        received = Math.max(received, offer.number());
        established = offer.established();
    }

    /** Remembers an established coordinator unless this host hears one already. */
    void note(Term other, long now) {
        if (!hearsEstablished(now)) {
            better = other;
            betterAt = now;
        }
    }

    /** Renews the promise. The moment of the call counts as that of sending the report. */
    void promise(long now) {
        hasPromise = true;
        promiseUntil = now + timing.promise();
    }

    /** Returns whether the promise permits the host to follow a term. */
    boolean isFreeFor(Term other, long now) {
        boolean isNewer = term != null && term.host.equals(other.host) && other.number > term.number;
        return isNewer || !hasPromise || promiseUntil - now <= 0;
    }

    /**
     * Returns whether the host may renew its promise.
     *
     * @param view the reachable members
     */
    boolean canPromise(List<String> view, long now) {
        return term != null
                && view.contains(term.host)
                && now - heardAt < timing.promise()
                && (hearsEstablished(now) || !hasBetter(view, now));
    }

    /** Returns whether the host follows an established coordinator on another host or waits to do so. */
    boolean prefersOther(String self, List<String> view, long now) {
        boolean followsOther =
                term != null && !term.host.equals(self) && hearsEstablished(now) && view.contains(term.host);
        return followsOther || hasBetter(view, now);
    }

    private boolean hearsEstablished(long now) {
        return established && now - heardAt < timing.promise();
    }

    private boolean hasBetter(List<String> view, long now) {
        return better != null && view.contains(better.host) && now - betterAt < timing.promise();
    }
}
