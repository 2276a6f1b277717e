package dev.weir.block;

/**
 * One thing that can be said of a backend in a drive's configuration.
 *
 * @param name the key, in the words of the configuration file, for example {@code path}
 * @param kind what its value is
 * @param required whether a drive without it is refused
 * @param description one line for people, without a full stop
 */
public record BackendOption(String name, Kind kind, boolean required, String description) {

    /** What the value of an option is, and the Java type that the factory is handed for it. */
    public enum Kind {
        /** A number of bytes, {@code 10GiB} or {@code 512}: a {@link Long}, 0 or more. */
        BYTES(Long.class),
        /** A file's name: an absolute path as a {@link String}. */
        PATH(String.class),
        /** {@code true} or {@code false}: a {@link Boolean}. */
        FLAG(Boolean.class),
        /** Anything else: a {@link String}. */
        TEXT(String.class);

        private final Class<?> type;

        Kind(Class<?> type) {
            this.type = type;
        }

        /** {@return the Java type that the factory is handed} */
        public Class<?> type() {
            return type;
        }
    }
}
