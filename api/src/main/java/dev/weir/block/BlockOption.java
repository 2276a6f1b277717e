package dev.weir.block;

/**
 * An option of a backend or filter in the configuration of a drive. A value passes two checks:
 *
 * <ul>
 *   <li>The name, the {@link Kind} with its range, and {@code required} are checked before the factory is called. A
 *       wrong value in a configuration file is a fault with file, line, key and rule. For a configuration from
 *       Configuration Admin the engine checks the Java type but not the range of the kind.
 *   <li>A narrower range, such as 0 to 255, and a rule of several options are checked by the factory in {@code open}
 *       and in {@link BlockFactory#check}. It refuses a value by an {@link java.io.IOException} with the message {@code
 *       key = 256: must be from 0 to 255}. A refusal of {@code check} is a fault at the line of the backend, of its
 *       size or of the filters, and nothing of the file applies. A refusal of {@code open} makes the drive unavailable,
 *       and log and {@code drives} show the message.
 * </ul>
 *
 * <p>A default belongs to {@code open} too: an absent option has no entry in the map. Name the default in the
 * description.
 *
 * <p>Immutable.
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
