package dev.weir.fault;

import dev.weir.log.NearWords;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads the values of settings and collects the broken rules. An invalid value is reported and then reads as its
 * default. Not thread-safe.
 */
final class SettingsReader {
    private final Map<String, String> settings = new TreeMap<>();
    private final List<BrokenRule> broken = new ArrayList<>();

    SettingsReader(Map<String, String> settings) {
        settings.forEach((key, value) -> this.settings.put(key, value.replace(" ", "")));
    }

    Map<String, String> settings() {
        return settings;
    }

    List<BrokenRule> broken() {
        return List.copyOf(broken);
    }

    boolean isSet(String key) {
        return settings.containsKey(key);
    }

    /** Returns whether a key is set itself or as a block. */
    boolean isSetOrBlock(String key) {
        return isSet(key) || settings.keySet().stream().anyMatch(each -> each.startsWith(key + "."));
    }

    /** Returns the value of a key; empty if it is not set. */
    String text(String key) {
        return settings.getOrDefault(key, "");
    }

    void refuse(String key, String rule) {
        refuse(key, text(key), rule);
    }

    void refuse(String key, String value, String rule) {
        broken.add(new BrokenRule(key, value, rule));
    }

    /** Reports each key that is neither known nor begins with the prefix. */
    void refuseUnknown(Collection<String> known, String prefix) {
        for (String key : settings.keySet()) {
            boolean isInside = !prefix.isEmpty() && key.startsWith(prefix);
            if (!known.contains(key) && !isInside) {
                refuse(key, "unknown key" + hint(key, known));
            }
        }
    }

    String word(String key, String absent, List<String> words) {
        String word = isSet(key) ? text(key) : absent;
        if (!words.contains(word)) {
            refuse(key, "must be " + String.join(" or ", words));
            return absent;
        }
        return word;
    }

    long whole(String key, long absent, long least, long most) {
        String text = text(key);
        if (isSet(key) && text.matches("\\d{1,19}")) {
            BigInteger value = new BigInteger(text);
            if (value.bitLength() < 64 && value.longValue() >= least && value.longValue() <= most) {
                return value.longValue();
            }
        }
        if (isSet(key)) {
            refuse(key, "must be a whole number of " + least + (most == Long.MAX_VALUE ? " or more" : " to " + most));
        }
        return absent;
    }

    /** Returns a number above {@code least} and at most {@code most}. */
    double decimal(String key, double absent, double least, double most) {
        String text = text(key);
        if (isSet(key) && text.matches("\\d{1,9}(\\.\\d{1,12})?|\\.\\d{1,12}")) {
            double value = Double.parseDouble(text);
            if (value > least && value <= most) {
                return value;
            }
        }
        if (isSet(key)) {
            refuse(key, "must be a number above %s and at most %s".formatted(shown(least), shown(most)));
        }
        return absent;
    }

    private static String shown(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /** Returns a duration above 0 (ns); 1 if it is invalid. */
    long nanos(String key, String alternative) {
        Long nanos = Units.nanos(text(key));
        if (nanos == null || nanos == 0 || nanos > Long.MAX_VALUE / 4) {
            refuse(key, "must be a duration above 0 such as 500ms or 30s" + alternative);
            return 1;
        }
        return nanos;
    }

    /** Returns a suggestion for an unknown word: the nearest known one, or all of them. */
    static String hint(String word, Collection<String> known) {
        List<String> near = NearWords.of(word, known);
        return near.isEmpty() ? "; choose from " + String.join(", ", known) : "; did you mean " + near.get(0) + "?";
    }
}
