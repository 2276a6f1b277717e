package dev.weir.shell.load;

import java.util.Locale;

/** The access pattern of a load, with fio's names. */
public enum Pattern {
    READ(1, false),
    WRITE(0, false),
    RANDREAD(1, true),
    RANDWRITE(0, true),
    RANDRW(0.5, true);

    private final double readShare;
    private final boolean random;

    Pattern(double readShare, boolean random) {
        this.readShare = readShare;
        this.random = random;
    }

    /** Returns the share of reads among the requests (0 to 1). */
    double readShare() {
        return readShare;
    }

    /** Returns whether offsets are random. Otherwise they are sequential and wrap around at the end of the drive. */
    boolean isRandom() {
        return random;
    }

    /** Returns whether the pattern writes and so destroys the drive's data. */
    public boolean writes() {
        return readShare < 1;
    }

    /** Returns the name in lower case. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
