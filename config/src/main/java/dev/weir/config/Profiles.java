package dev.weir.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.typesafe.config.ConfigFactory;
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
 * Named limits of real disks: those that Weir brings and those of the block {@code profiles}, which go first. Confined
 * to the reading thread.
 */
final class Profiles {
    /** Key of the profile in a drive or group. */
    static final String PROFILE = "profile";

    private static final String FILE = "profiles.conf";
    private static final List<String> KEYS = List.of("limits");

    /** The limits of the profiles in the file, by name. */
    private final Map<String, Map<String, Long>> written;

    /** The limits of all profiles. Null until a drive or group names one, because most files name none. */
    private @Nullable Map<String, Map<String, Long>> all;

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
     * Returns the limits of a profile by key.
     *
     * @throws IllegalArgumentException if no profile has the name
     */
    Map<String, Long> limits(String name) {
        Map<String, Long> found = all().get(name);
        if (found == null) {
            throw new IllegalArgumentException(PROFILE + " = " + name + ": is not a profile; choose one of " + names());
        }
        return found;
    }

    private static Map<String, Map<String, Long>> read(Setting block) {
        Map<String, Map<String, Long>> limits = new LinkedHashMap<>();
        for (Setting profile : block.children()) {
            if (profile.isBlock()) {
                profile.refuseUnknown(KEYS, List.of());
                limits.put(
                        profile.key(),
                        LimitsReader.read(profile.child("limits"), Map.of()).toMap());
            }
        }
        return limits;
    }

    private Map<String, Map<String, Long>> all() {
        Map<String, Map<String, Long>> known = all;
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

    /** Returns the limits of the profile that a drive or group names, by key. Empty without one or if it is unknown. */
    Map<String, Long> of(Setting owner) {
        Setting profile = owner.child(PROFILE);
        String name = Values.word(profile);
        if (name == null) {
            return Map.of();
        }
        Map<String, Long> found = all().get(name);
        if (found == null) {
            profile.fault("is not a profile" + Suggestion.of(name, all().keySet()));
            return Map.of();
        }
        return found;
    }

    /** Returns the origin of each limit that a drive or group takes from its profile, by key. */
    Map<String, String> origins(Setting owner) {
        Map<String, String> origins = new LinkedHashMap<>();
        String name = owner.child(PROFILE).isSet() ? owner.child(PROFILE).text() : null;
        if (name != null) {
            all().getOrDefault(name, Map.of()).keySet().forEach(key -> origins.put("limits." + key, "profile " + name));
        }
        return origins;
    }
}
