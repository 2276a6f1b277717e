package dev.weir.config;

import java.util.regex.Pattern;

/**
 * Valid names of drives, groups and backend options. A valid name needs no quotes or escapes in an NBD URI, a PID of
 * Configuration Admin, an LDAP filter, a file name or a shell word.
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
