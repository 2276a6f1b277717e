/**
 * Limits and the policies that enforce them. A bundle adds a policy by one service, here of Declarative Services. The
 * policy itself is the example of {@link dev.weir.throttle.arithmetic}. Its tests extend {@code
 * ThrottlePolicyContract} of the test kit (the module {@code testkit}).
 *
 * <pre>{@code
 * import dev.weir.throttle.*;
 * import java.util.List;
 * import org.osgi.service.component.annotations.Component;
 *
 * @Component(service = ThrottlePolicyFactory.class)
 * public final class PacePolicyFactory implements ThrottlePolicyFactory {
 *     public String type() {
 *         return "pace"; // policy = pace
 *     }
 *
 *     public List<LimitFault> faults(ThrottleLimits limits) {
 *         return LimitKey.ALL.stream()
 *                 .filter(key -> limits.max(key) > 0)
 *                 .map(key -> new LimitFault(key.key() + "_max", limits.max(key), "policy pace has no bursts"))
 *                 .toList();
 *     }
 *
 *     public ThrottlePolicy create(ThrottleLimits limits, ThrottleDebt owed, long now) {
 *         LimitFault.refuse(faults(limits));
 *         return new PacePolicy(limits, owed, now);
 *     }
 * }
 * }</pre>
 *
 * <p>The service needs no property. {@code type()} is read when the service is registered and stays the same. Of
 * several services of one type the highest {@code service.ranking} serves it, then the oldest. A factory with a higher
 * ranking replaces the policies of the one before, which take over the debt.
 */
@Export
@Version("1.1.0")
@NullMarked
package dev.weir.throttle;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
