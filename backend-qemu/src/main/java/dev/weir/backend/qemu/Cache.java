package dev.weir.backend.qemu;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** QEMU's cache modes. {@code unsafe} is left out because its flushes do nothing. */
enum Cache {
    /** The host's page cache; a flush makes the data durable. */
    WRITEBACK(false, false),
    /** Direct I/O; a flush makes the data durable. */
    NONE(true, false),
    /** The host's page cache; each write is durable. */
    WRITETHROUGH(false, true),
    /** Direct I/O; each write is durable. */
    DIRECTSYNC(true, true);

    private final boolean direct;
    private final boolean writethrough;

    Cache(boolean direct, boolean writethrough) {
        this.direct = direct;
        this.writethrough = writethrough;
    }

    boolean direct() {
        return direct;
    }

    boolean writethrough() {
        return writethrough;
    }

    /** Returns the mode of a name in lower case, or null. */
    static @Nullable Cache of(String name) {
        return Arrays.stream(values())
                .filter(each -> each.toString().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** Returns the names for an error message. */
    static String names() {
        return Arrays.stream(values()).map(Cache::toString).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
