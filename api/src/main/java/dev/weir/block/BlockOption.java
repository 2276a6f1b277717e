package dev.weir.block;

/**
 * An option of a backend or filter in the configuration of a drive.
 *
 * @param name the key in the configuration file, for example {@code path}; not {@code type}, which names the backend or
 *     filter
 * @param kind the kind of its value
 * @param required whether a drive without it is refused
 * @param description one line for people, without a full stop
 */
public record BlockOption(String name, Kind kind, boolean required, String description) {

    /** The option for the size of a backend: of the kind {@link Kind#BYTES}, 1 or more. */
    public static final String SIZE = "size";

    /** The kind of an option's value and its Java type for the factory. */
    public enum Kind {
        /** A number of bytes such as {@code 10GiB} or {@code 512}: a {@link Long} of 0 or more. */
        BYTES(Long.class),
        /** A whole number of 0 or more without a unit such as {@code 4}: a {@link Long}. */
        COUNT(Long.class),
        /** A duration with a unit such as {@code 30s}: a {@link Long} of 0 or more nanoseconds. */
        DURATION(Long.class),
        /** A file name: an absolute path as a {@link String}. */
        PATH(String.class),
        /** {@code true} or {@code false}: a {@link Boolean}. */
        FLAG(Boolean.class),
        /** Any other text: a {@link String}. */
        TEXT(String.class),
        /** A nested block <code>{ … }</code> of any keys: its JSON as a {@link String}. */
        OBJECT(String.class);

        private final Class<?> type;

        Kind(Class<?> type) {
            this.type = type;
        }

        /** {@return the Java type of the value that the factory gets} */
        public Class<?> type() {
            return type;
        }
    }
}
