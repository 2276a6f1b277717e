package dev.weir.config;

import dev.weir.fault.Fault;
import dev.weir.throttle.ThrottleLimits;
import java.util.List;
import java.util.Set;

/**
 * The built-in profiles for a program without an OSGi framework such as a test. This is the only class of the bundle
 * that other code may use, and only without a framework. See docs/design/decisions/015.
 *
 * <p>Thread-safe.
 */
public final class EmbeddedProfiles {
    private EmbeddedProfiles() {}

    /** {@return the names of the built-in profiles} */
    public static Set<String> names() {
        return Profiles.builtInOnly().names();
    }

    /**
     * {@return the limits of a built-in profile} Rates per GiB are not yet resolved.
     *
     * @param profile name of the profile, such as {@code ebs-gp2}
     * @throws IllegalArgumentException if no built-in profile has the name; the message lists the names
     */
    public static ThrottleLimits limits(String profile) {
        return ThrottleLimits.of(Profiles.builtInOnly().named(profile).limits());
    }

    /**
     * {@return the latencies of a built-in profile, as faults}
     *
     * @param profile name of the profile, such as {@code hdd-7200}
     * @throws IllegalArgumentException if no built-in profile has the name; the message lists the names
     */
    public static List<Fault> faults(String profile) {
        return Profiles.builtInOnly().named(profile).faults();
    }
}
