package dev.weir.launcher.log;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
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

    /** Returns why something failed, in plain words. The JDK's exceptions name only the file of some failures. */
    public static String reason(Throwable failure) {
        if (failure instanceof AccessDeniedException denied) {
            return "permission denied: " + denied.getFile();
        }
        if (failure instanceof NoSuchFileException missing) {
            return "no such file or folder: " + missing.getFile();
        }
        if (failure instanceof FileAlreadyExistsException existing) {
            return existing.getFile() + " is no folder";
        }
        boolean isPlain = failure instanceof IOException && failure.getMessage() != null;
        return isPlain ? String.valueOf(failure.getMessage()) : failure.toString();
    }

    /** Replaces characters that could move the cursor of a terminal or change the text direction. */
    static String visible(String line) {
        return HIDDEN.matcher(line).replaceAll("?");
    }
}
