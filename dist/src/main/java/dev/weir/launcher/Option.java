package dev.weir.launcher;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An option of the command line. */
enum Option {
    /** Folder of all state. */
    HOME("--home", "", "DIR"),
    /** Configuration file. */
    CONFIG("--config", "", "FILE"),
    /** An additional drive. */
    DRIVE("-drive", "", "OPT=VAL[,OPT=VAL]..."),
    /** An address for NBD clients. */
    LISTEN("--listen", "", "ADDRESS"),
    /** No shell on a terminal. */
    NO_SHELL("--no-shell", "", ""),
    /** JSON output. */
    JSON("--json", "", ""),
    /** Help of a command. */
    HELP("--help", "-h", ""),
    /** Version of Weir. */
    VERSION("--version", "-V", "");

    private final String name;
    private final String alias;
    private final String value;

    Option(String name, String alias, String value) {
        this.name = name;
        this.alias = alias;
        this.value = value;
    }

    /** Returns the option of a name or an alias, or null. */
    static @Nullable Option of(String name) {
        for (Option option : values()) {
            if (option.name.equals(name) || option.alias.equals(name)) {
                return option;
            }
        }
        return null;
    }

    /** Returns the placeholder of the value; empty for an option without a value. */
    String value() {
        return value;
    }

    /** Returns whether the option may be given several times. */
    boolean isRepeatable() {
        return this == DRIVE || this == LISTEN;
    }

    /** Returns the name and the alias, if any. */
    List<String> names() {
        return alias.isEmpty() ? List.of(name) : List.of(name, alias);
    }

    /** Returns the name. */
    @Override
    public String toString() {
        return name;
    }
}
