package dev.weir.cluster.look;

import dev.weir.drive.definition.Definition;
import dev.weir.drive.definition.Definition.Kind;
import dev.weir.drive.definition.DefinitionChange;
import dev.weir.drive.definition.Definitions;
import dev.weir.drive.definition.RefusedChangeException;
import dev.weir.log.FailureText;
import dev.weir.throttle.ThrottleLimits;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves limits of groups on this host, when asked or later. A later save waits for the definitions. Of one group only
 * the last limits are saved.
 *
 * <p>Thread-safe.
 */
public final class SavedLimits {
    private static final Logger LOG = LoggerFactory.getLogger(SavedLimits.class);

    /** The keys that a definition may set to 0: those of a limit without its parts. */
    private static final Pattern WHOLE = Pattern.compile("(bps|iops)(_rd|_wr)?(_max)?|" + ThrottleLimits.IOPS_SIZE);

    /** Limits to save and the step after it. */
    private record Due(Map<String, Long> limits, long version, Runnable after) {}

    /** The version of the saved limits by group. Guards the writing too. */
    private final Map<String, Long> saved = new HashMap<>();

    private final Map<String, Due> due = new LinkedHashMap<>();
    private volatile @Nullable Definitions definitions;

    /** Saves by these definitions from now on; null for none. */
    public void definitions(@Nullable Definitions newDefinitions) {
        definitions = newDefinitions;
    }

    /**
     * Checks whether {@link #save} can save limits. Saves nothing.
     *
     * @return the reason why they cannot be saved; empty if they can
     */
    public String check(String group, Map<String, Long> limits) {
        return write(group, limits, true);
    }

    /**
     * Saves the limits of a group in place of all its limits before. Does nothing if limits of a later version are
     * saved already, because they include the earlier change. Blocks until they are written.
     *
     * @param limits the limits by key
     * @param version the version of the limits; see {@link dev.weir.cluster.message.GroupTerms}
     * @return the reason why they cannot be saved; empty if they can
     */
    public String save(String group, Map<String, Long> limits, long version) {
        synchronized (saved) {
            if (version < saved.getOrDefault(group, 0L)) {
                return "";
            }
            String refusal = write(group, limits, false);
            if (refusal.isEmpty()) {
                saved.put(group, version);
            }
            return refusal;
        }
    }

    private String write(String group, Map<String, Long> limits, boolean isCheck) {
        Definitions current = definitions;
        if (current == null) {
            return "the configuration has not been read yet";
        }
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        Long none = hasProfile(current, group) ? 0L : null;
        ThrottleLimits.keys()
                .forEach(key -> settings.put(
                        "limits." + key,
                        limits.getOrDefault(key, WHOLE.matcher(key).matches() ? none : null)));
        DefinitionChange change = DefinitionChange.set(Kind.GROUP, group, settings);
        try {
            current.change(isCheck ? change.dryRun() : change);
            return "";
        } catch (RefusedChangeException e) {
            return String.valueOf(e.getMessage());
        } catch (RuntimeException e) {
            return FailureText.of(e);
        }
    }

    /** Returns whether limits that the definition does not set may come from a profile. Only 0 takes these away. */
    private static boolean hasProfile(Definitions definitions, String group) {
        Definition definition = definitions.find(Kind.GROUP, group);
        return definition != null && definition.hocon().contains("profile");
    }

    /**
     * Makes a save due, in place of an earlier one of the group.
     *
     * @param limits the limits by key
     * @param version the version of the limits
     * @param after runs after the save, also if it fails or another one takes its place
     */
    public void later(String group, Map<String, Long> limits, long version, Runnable after) {
        Due replaced;
        synchronized (due) {
            replaced = due.put(group, new Due(limits, version, after));
        }
        if (replaced != null) {
            replaced.after.run();
        }
    }

    /** Makes the due saves once there are definitions. Blocks until they are written. */
    public void saveDue() {
        while (definitions != null) {
            String group;
            Due next;
            synchronized (due) {
                if (due.isEmpty()) {
                    return;
                }
                group = due.keySet().iterator().next();
                next = due.remove(group);
            }
            String refusal = save(group, next.limits, next.version);
            if (refusal.isEmpty()) {
                LOG.info("group {}: the limits of the whole cluster are saved on this host", group);
            } else {
                LOG.warn("group {}: the limits of the whole cluster cannot be saved on this host: {}", group, refusal);
            }
            next.after.run();
        }
    }
}
