package dev.weir.cluster.members;

import dev.weir.log.FailureText;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Addresses {@code HOST:PORT} from a source that is read again and again. After a failure the last ones stay.
 *
 * <p>Not thread-safe.
 */
abstract class RereadEntries implements Supplier<List<String>> {
    private final String source;
    private final Consumer<String> warnings;
    private List<String> entries = List.of();
    private String warned = "";

    /**
     * Names a source, which need not exist yet.
     *
     * @param source key and value of its setting
     * @param warnings takes a line for each new failure
     */
    RereadEntries(String source, Consumer<String> warnings) {
        this.source = source;
        this.warnings = warnings;
    }

    /**
     * Reads the source.
     *
     * @param last the last entries
     */
    abstract List<String> read(List<String> last) throws IOException;

    /** Returns the entries of the last reading without a failure. */
    @Override
    public final List<String> get() {
        try {
            entries = read(entries);
            warned = "";
        } catch (IOException e) {
            String rule = FailureText.of(e);
            if (!rule.equals(warned)) {
                warned = rule;
                warnings.accept(source + ": " + rule + "; the members before it stay");
            }
        }
        return entries;
    }
}
