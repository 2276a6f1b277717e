package dev.weir.it;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** A bundle that fails to start. */
public final class TroubledBundle implements BundleActivator {

    @Override
    public void start(BundleContext context) {
        throw new IllegalStateException("no start today");
    }

    @Override
    public void stop(BundleContext context) {
        // was never started
    }
}
