package dev.weir.it;

/** A component that fails to activate. */
public final class TroubledComponent {
    public TroubledComponent() {
        throw new IllegalStateException("no activation today");
    }
}
