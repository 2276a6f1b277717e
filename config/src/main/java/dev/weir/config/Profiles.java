package dev.weir.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.typesafe.config.ConfigFactory;
import dev.weir.fault.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Named limits and latencies of real disks: those that Weir brings and those of the block {@code profiles}, which go
 * first. Confined to the reading thread.
 */
final class Profiles {
    /** Key of the profile in a drive or group. */
    static final String PROFILE = "profile";

    private static final String FILE = "profiles.conf";
    private static final List<String> KEYS = List.of("limits", "faults");

    /** The profiles in the file, by name. */
    private final Map<String, Profile> written;

    /** All profiles. Null until a drive or group names one, because most files name none. */
    private @Nullable Map<String, Profile> all;

    /**
     * A profile.
     *
     * @param limits values by key
     * @param faults latencies and other faults, which drives take and groups do not
     */
    record Profile(Map<String, Long> limits, List<Fault> faults) {
        static final Profile NONE = new Profile(Map.of(), List.of());
    }

    /** Parses the profiles of the block {@code profiles} of a file. */
    Profiles(Setting block) {
        written = read(block);
    }

    private Profiles() {
        written = Map.of();
    }

    /** Returns the built-in profiles. */
    static Profiles builtInOnly() {
        return new Profiles();
    }

    Set<String> names() {
        return Collections.unmodifiableSet(all().keySet());
    }

    /**
     * Returns the profile of a name.
     *
     * @throws IllegalArgumentException if no profile has the name
     */
    Profile named(String name) {
        Profile found = all().get(name);
        if (found == null) {
            throw new IllegalArgumentException(PROFILE + " = " + name + ": is not a profile; choose one of " + names());
        }
        return found;
    }

    private static Map<String, Profile> read(Setting block) {
        Map<String, Profile> profiles = new LinkedHashMap<>();
        for (Setting profile : block.children()) {
            if (profile.isBlock()) {
                profile.refuseUnknown(KEYS, List.of());
                Map<String, Long> limits =
                        LimitsReader.read(profile.child("limits"), Map.of()).toMap();
                profiles.put(profile.key(), new Profile(limits, FaultsReader.ofProfile(profile.child("faults"))));
            }
        }
        return profiles;
    }

    private Map<String, Profile> all() {
        Map<String, Profile> known = all;
        if (known == null) {
            known = read(builtIn());
            known.putAll(written);
            all = known;
        }
        return known;
    }

    private static Setting builtIn() {
        try (InputStream stream = Objects.requireNonNull(Profiles.class.getResourceAsStream(FILE));
                Reader reader = new InputStreamReader(stream, UTF_8)) {
            Place place = new Place(0, FILE, 0);
            OptionSource source = new OptionSource(place, Map.of(), Path.of(""));
            // a test checks that the file has no faults
            return Setting.root(
                            source,
                            new Findings(),
                            ConfigFactory.parseReader(reader).root(),
                            place)
                    .child("profiles");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the profile that a drive or group names. Empty without one or if it is unknown. */
    Profile of(Setting owner) {
        Setting profile = owner.child(PROFILE);
        String name = Values.word(profile);
        if (name == null) {
            return Profile.NONE;
        }
        Profile found = all().get(name);
        if (found == null) {
            profile.fault("is not a profile" + Suggestion.of(name, all().keySet()));
            return Profile.NONE;
        }
        return found;
    }

    /** Returns the origin of each limit that a drive or group takes from its profile, by key. */
    Map<String, String> origins(Setting owner) {
        Map<String, String> origins = new LinkedHashMap<>();
        String name = owner.child(PROFILE).isSet() ? owner.child(PROFILE).text() : null;
        if (name != null) {
            Profile profile = all().getOrDefault(name, Profile.NONE);
            profile.limits().keySet().forEach(key -> origins.put("limits." + key, "profile " + name));
        }
        return origins;
    }
}
