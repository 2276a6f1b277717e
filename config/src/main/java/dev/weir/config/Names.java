package dev.weir.config;

import java.util.regex.Pattern;

/**
 * The names that drives, groups and the options of backends may have. They are as good in an NBD URI, in a persistent
 * identifier of Configuration Admin, in a filter, as the name of a file and as a word of a shell, each without quotes.
 */
final class Names {
    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,199}");

    static final String RULE =
            "a name must be 1 to 200 letters (a-z, A-Z), digits, dots, hyphens and underscores, and start with a letter or digit";

    private Names() {}

    static boolean isSafe(String name) {
        return SAFE.matcher(name).matches();
    }
}
