package dev.weir.drive.definition;

/**
 * The definition of a drive or a group: its block of the configuration. Live changes by a {@code DriveControl} or a
 * {@code GroupControl} are no part of it.
 *
 * @param kind drive or group
 * @param name name of the drive or group
 * @param hocon settings of its block in HOCON, without the enclosing braces; substitutions are resolved
 * @param version version of the settings: equal settings have an equal version; for {@code ETag} and {@code If-Match}
 * @param origin origin of the definition
 * @param place place of the block: {@code weir.conf:14}, {@code weir.d/drive-vm1.conf:3} or a {@code -drive} option
 */
public record Definition(Kind kind, String name, String hocon, String version, Origin origin, String place) {

    /** Kinds of definitions. */
    public enum Kind {
        /** A drive. */
        DRIVE,
        /** A group. */
        GROUP;

        /** {@return the word of messages and file names: {@code drive} or {@code group}} */
        public String word() {
            return this == DRIVE ? "drive" : "group";
        }

        /** {@return the block of a configuration that holds its definitions: {@code drives} or {@code groups}} */
        public String block() {
            return word() + "s";
        }
    }

    /** Origins of definitions. */
    public enum Origin {
        /** The operator's file or the command line. Weir does not change it. */
        OPERATOR,
        /** A file of {@code weir.d}, which Weir writes. */
        SAVED,
        /** A change that lasts until the end of Weir. */
        TEMPORARY
    }
}
