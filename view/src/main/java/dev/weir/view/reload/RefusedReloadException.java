package dev.weir.view.reload;

import dev.weir.log.PlainText;
import java.io.Serial;
import java.util.List;

/** The configuration has errors and was rejected as a whole. */
public final class RefusedReloadException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient List<String> faults;

    RefusedReloadException(List<String> faults) {
        super("nothing was changed");
        this.faults = faults.stream().map(PlainText::of).toList();
    }

    /** Returns a line for each error: {@code weir.conf:14: drives.vm1.limits.bps = -5: must be 0 or more}. */
    public List<String> faults() {
        return faults;
    }
}
