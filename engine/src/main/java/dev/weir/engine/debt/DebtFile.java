package dev.weir.engine.debt;

import dev.weir.file.FileReplacement;
import dev.weir.file.TrustedFile;
import dev.weir.log.FailureText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of debts in the home: a line for each drive and group with a debt. {@link SavedDebts} saves and restores
 * them. The file is replaced as a whole, so that a killed process leaves the old file or the new one. Only its user can read
 * and write it.
 *
 * <p>Not thread-safe.
 */
final class DebtFile {
    static final String NAME = "debts";
    private static final String HEADER = "# Weir's debts, version 1; see the page of the engine. Do not edit.";
    private static final Logger LOG = LoggerFactory.getLogger(DebtFile.class);

    /** The longest file (bytes). 10,000 drives with all limits take a tenth. */
    private static final int MOST_BYTES = 64 << 20;

    /** The most damaged lines that the log names one by one. */
    private static final int MOST_REPORTS = 5;

    private final Path file;
    private final Path next;

    DebtFile(Path home) {
        file = home.resolve(NAME);
        next = home.resolve(NAME + ".new");
    }

    /** Returns the saved debts by owner. A damaged line is reported and left out, and so is a file of another kind. */
    Map<String, SavedDebt> read() {
        Map<String, SavedDebt> debts = new LinkedHashMap<>();
        List<String> lines;
        try {
            // each byte is a character: a damaged byte damages its own line only
            lines = List.of(new String(TrustedFile.read(file, MOST_BYTES), StandardCharsets.ISO_8859_1).split("\n"));
        } catch (NoSuchFileException e) {
            return debts;
        } catch (IOException e) {
            LOG.warn("{}: no debt is restored: {}", file, FailureText.of(e));
            return debts;
        }
        if (!lines.get(0).equals(HEADER)) {
            LOG.warn("{}:1: must be \"{}\", so no debt is restored", file, HEADER);
            return debts;
        }
        int damaged = 0;
        for (int i = 1; i < lines.size(); i++) {
            try {
                String line = new String(lines.get(i).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
                SavedDebt debt = DebtText.parse(line);
                debts.put(debt.owner(), debt);
            } catch (IllegalArgumentException e) {
                if (++damaged <= MOST_REPORTS) {
                    LOG.warn("{}:{}: {}; this debt is ignored", file, i + 1, e.getMessage());
                }
            }
        }
        if (damaged > MOST_REPORTS) {
            LOG.warn("{}: {} of {} debts are damaged and ignored", file, damaged, lines.size() - 1);
        }
        return debts;
    }

    /**
     * Replaces the file.
     *
     * @throws IOException if the file cannot be written; the old one is still there
     */
    void write(Collection<SavedDebt> debts) throws IOException {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        debts.forEach(debt -> text.append(DebtText.of(debt)).append('\n'));
        FileReplacement.replace(file, next, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
