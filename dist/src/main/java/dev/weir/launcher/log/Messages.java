package dev.weir.launcher.log;

import java.util.regex.Pattern;

/** Messages of the launcher on standard error. Each line starts with {@code weir:}. */
public final class Messages {
    /** Control, format and separator characters other than line feed and tab. */
    private static final Pattern HIDDEN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\n\t]]");

    private Messages() {}

    /** Prints each line of a text. */
    public static void say(String text) {
        text.lines().forEach(line -> System.err.println("weir: " + visible(line)));
    }

    /** Replaces characters that could move the cursor of a terminal or change the text direction. */
    static String visible(String line) {
        return HIDDEN.matcher(line).replaceAll("?");
    }
}
