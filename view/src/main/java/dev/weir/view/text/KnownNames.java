package dev.weir.view.text;

import dev.weir.log.NearWords;
import java.util.List;
import java.util.stream.Stream;

/** The known names that resemble an unknown one. */
public final class KnownNames {
    /** The maximum number of names that a message lists in full. */
    private static final int MOST_LISTED = 20;

    private static final int MOST_SUGGESTED = 3;

    private KnownNames() {}

    /**
     * Returns the end of a message about an unknown name. It lists all known names if they are few and otherwise
     * the similar ones.
     *
     * @param names the known names
     * @param command the command that lists all names
     */
    public static String hint(String name, List<String> names, String command) {
        return hint(name, names, List.of(command));
    }

    /**
     * Returns the same for names that several commands list together.
     *
     * @param commands the commands that list all names
     */
    public static String hint(String name, List<String> names, List<String> commands) {
        if (names.isEmpty()) {
            return "there are none";
        }
        if (names.size() <= MOST_LISTED) {
            return "there are " + String.join(", ", names);
        }
        List<String> near = near(name, names);
        String verb = commands.size() == 1 ? "lists" : "list";
        String all = "\"%s\" %s all %d".formatted(String.join("\" and \"", commands), verb, names.size());
        return near.isEmpty() ? all : "did you mean " + String.join(", ", near) + "? " + all;
    }

    /** Returns the near names and those that begin with the name. */
    private static List<String> near(String name, List<String> names) {
        Stream<String> longer = names.stream().filter(each -> !name.isEmpty() && each.startsWith(name));
        return Stream.concat(NearWords.of(name, names).stream(), longer)
                .distinct()
                .limit(MOST_SUGGESTED)
                .toList();
    }
}
