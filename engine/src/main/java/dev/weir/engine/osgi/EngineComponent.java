package dev.weir.engine.osgi;

import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockDeviceFactory;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.clock.Clock;
import dev.weir.cluster.LimitBroker;
import dev.weir.engine.Engine;
import dev.weir.engine.debt.Debts;
import dev.weir.engine.debt.SavedDebts;
import dev.weir.engine.policy.PolicyWatch;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Runs the engine and passes it the services of backends, filters and policies. Thread-safe. */
@Component(service = EngineComponent.class, immediate = true)
public final class EngineComponent {
    private final PolicyWatch watch = new PolicyWatch();
    private final Engine engine;
    private @Nullable LimitBroker broker;

    @Activate
    public EngineComponent(BundleContext context, @Reference Clock clock) {
        engine = new Engine(clock, new OsgiPublisher(context), debts(context.getProperty("weir.home"), clock));
        watch.start();
    }

    /** Returns the debts of the home; none are kept without one. */
    private static Debts debts(@Nullable String home, Clock clock) {
        if (home == null) {
            return Debts.NONE;
        }
        SavedDebts debts = new SavedDebts(Path.of(home), clock, InstantSource.system());
        debts.start();
        return debts;
    }

    Engine engine() {
        return engine;
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addPolicies(ThrottlePolicyFactory factory, Map<String, Object> properties) {
        engine.addPolicies(factory, ranking(properties));
    }

    void removePolicies(ThrottlePolicyFactory factory) {
        engine.removePolicies(factory);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addBackends(BlockBackendFactory factory, Map<String, Object> properties) {
        engine.addBackends(factory, ranking(properties));
    }

    void removeBackends(BlockBackendFactory factory) {
        engine.removeBackends(factory);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDevices(BlockDeviceFactory factory, Map<String, Object> properties) {
        engine.addBackends(factory, ranking(properties));
    }

    void removeDevices(BlockDeviceFactory factory) {
        engine.removeBackends(factory);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addFilters(BlockFilterFactory factory, Map<String, Object> properties) {
        engine.addFilters(factory, ranking(properties));
    }

    void removeFilters(BlockFilterFactory factory) {
        engine.removeFilters(factory);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    synchronized void addBroker(LimitBroker newBroker) {
        broker = newBroker;
        engine.broker(newBroker);
    }

    /** A better broker is bound before the one before is unbound. */
    synchronized void removeBroker(LimitBroker oldBroker) {
        if (broker == oldBroker) {
            broker = null;
            engine.broker(null);
        }
    }

    private static int ranking(Map<String, Object> properties) {
        return properties.get(Constants.SERVICE_RANKING) instanceof Integer ranking ? ranking : 0;
    }

    @Deactivate
    void stop() {
        engine.close();
        watch.close();
    }
}
