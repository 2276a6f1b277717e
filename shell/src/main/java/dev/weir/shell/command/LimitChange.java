package dev.weir.shell.command;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.shell.session.Caller;
import dev.weir.shell.syntax.CommandFault;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.view.LiveChanges;
import dev.weir.view.text.LimitValues;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Applies limit changes in the form {@code bps=10M iops=0} to a drive or a group. */
public final class LimitChange {
    /** Keys of a share. */
    public static final List<String> SHARE_KEYS = List.of(Share.WEIGHT, Share.MIN_BPS, Share.MIN_IOPS);

    /** The key of a group's parent. */
    static final String PARENT = "parent";

    private LimitChange() {}

    /**
     * Changes the named limits, {@code weight}, {@code min.bps} and {@code min.iops} of a drive and keeps the others.
     *
     * @param fault creates a syntax error from a message
     * @param save saves the changed settings by path, before they apply
     * @throws CommandFault if a word or value is invalid; no limit is changed then
     */
    static void apply(
            DriveControl drive,
            List<String> words,
            Function<String, CommandFault> fault,
            Consumer<Map<String, @Nullable Object>> save) {
        refuseTwice(words, fault);
        List<String> limits = new ArrayList<>(words);
        share(Share.DEFAULT, limits);
        Map<String, Long> settings = settings(limits, fault);
        DriveSnapshot before = drive.snapshot();
        save.accept(saved(
                words,
                limits,
                before.limits(),
                before.limits().changed(settings, before.settings().limits())));
        Caller.log("changed the limits of drive {} {}", drive.name(), drive.exclusively(() -> {
            DriveSnapshot now = drive.snapshot();
            Share share = share(now.share(), new ArrayList<>(words));
            ThrottleLimits after = now.limits().changed(settings, now.settings().limits());
            drive.change(after, share);
            return "from %s to %s".formatted(text(now.limits(), now.share(), null), text(after, share, null));
        }));
    }

    private static void refuseTwice(List<String> words, Function<String, CommandFault> fault) {
        Set<String> keys = new HashSet<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals >= 0 && !keys.add(word.substring(0, equals))) {
                throw fault.apply(word.substring(0, equals) + " is set twice");
            }
        }
    }

    /** Removes the words of a share from a list and returns the share after them. */
    private static Share share(Share now, List<String> words) {
        Map<String, Long> share = new LinkedHashMap<>(now.toMap());
        words.removeIf(word -> {
            int equals = word.indexOf('=');
            String key = word.substring(0, Math.max(0, equals));
            boolean isShare = SHARE_KEYS.contains(key);
            if (isShare) {
                String limit = key.substring(key.indexOf('.') + 1);
                share.put(key, value(key, limit, word.substring(equals + 1)));
            }
            return isShare;
        });
        return Share.of(share);
    }

    /**
     * Changes the named limits, {@code parent}, {@code weight}, {@code min.bps} and {@code min.iops} of a group and
     * keeps the others. Errors are as for a drive.
     */
    static void apply(
            GroupControl group,
            List<String> words,
            Function<String, CommandFault> fault,
            Consumer<Map<String, @Nullable Object>> save) {
        refuseTwice(words, fault);
        List<String> limits = new ArrayList<>(words);
        share(Share.DEFAULT, limits);
        String parentWord = PARENT + "=";
        limits.removeIf(word -> word.startsWith(parentWord));
        Map<String, Long> settings = settings(limits, fault);
        GroupSnapshot before = group.snapshot();
        save.accept(saved(
                words,
                limits,
                before.limits(),
                before.limits().changed(settings, before.settings().limits())));
        Caller.log("changed group {} {}", group.name(), group.exclusively(() -> {
            GroupSnapshot now = group.snapshot();
            Share share = share(now.share(), new ArrayList<>(words));
            String parent = now.parent();
            for (String word : words) {
                if (word.startsWith(parentWord)) {
                    parent = word.equals(parentWord) ? null : word.substring(parentWord.length());
                }
            }
            ThrottleLimits after = now.limits().changed(settings, now.settings().limits());
            group.change(after, parent, share);
            return "from %s to %s".formatted(text(now.limits(), now.share(), now.parent()), text(after, share, parent));
        }));
    }

    /** Returns the changed settings by path: the limits, and the other words of a command as they are. */
    private static Map<String, @Nullable Object> saved(
            List<String> words, List<String> limits, ThrottleLimits before, ThrottleLimits after) {
        Map<String, @Nullable Object> saved = limits(limits, before, after);
        words.stream().filter(word -> !limits.contains(word)).forEach(word -> put(saved, "", word));
        return saved;
    }

    /** Returns the changed limits by path with the values as they were written; null for a removed one. */
    private static Map<String, @Nullable Object> limits(
            List<String> words, ThrottleLimits before, ThrottleLimits after) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>();
        Map<String, Long> now = after.toMap();
        ThrottleLimits.keys().stream()
                .filter(key -> !Objects.equals(before.toMap().get(key), now.get(key)))
                .forEach(key -> changed.put("limits." + key, now.get(key)));
        words.forEach(word -> put(changed, "limits.", word));
        return changed;
    }

    private static void put(Map<String, @Nullable Object> settings, String prefix, String word) {
        int equals = word.indexOf('=');
        String value = word.substring(equals + 1);
        settings.put(prefix + word.substring(0, equals), value.isEmpty() ? null : value);
    }

    /** Returns limits, share and parent for the log, in the syntax of commands. */
    private static String text(ThrottleLimits limits, Share share, @Nullable String parent) {
        Map<String, Object> all = new LinkedHashMap<>();
        if (parent != null) {
            all.put(PARENT, parent);
        }
        all.putAll(share.toMap());
        all.putAll(limits.toMap());
        return all.isEmpty() ? "no limits" : LiveChanges.text(all);
    }

    /** Parses a value of a share. The key of its limit decides the unit. */
    private static long value(String key, String limit, String text) {
        try {
            return LimitValues.parse(limit, text);
        } catch (IllegalArgumentException e) {
            throw new CommandFault(String.valueOf(e.getMessage()).replaceFirst("^[^=]*=", key + " ="), e);
        }
    }

    /** Returns the values of words {@code KEY=VALUE}, whose keys are limits. */
    static Map<String, Long> settings(List<String> words, Function<String, CommandFault> fault) {
        Map<String, Long> settings = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw fault.apply("\"" + word + "\" is not KEY=VALUE");
            }
            String key = word.substring(0, equals);
            if (!ThrottleLimits.keys().contains(key)) {
                throw Services.absent("limit", key, ThrottleLimits.keys().stream());
            }
            if (settings.put(key, LimitValues.parse(key, word.substring(equals + 1))) != null) {
                throw fault.apply(key + " is set twice");
            }
        }
        return settings;
    }
}
