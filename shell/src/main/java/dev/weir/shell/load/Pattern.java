package dev.weir.shell.load;

import java.util.Locale;

/** What a load does, as fio calls it. */
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

    /** Returns which part of its requests are reads. */
    double readShare() {
        return readShare;
    }

    /** Returns whether it goes anywhere, rather than from the begin to the end and again. */
    boolean isRandom() {
        return random;
    }

    /** Returns whether what is on the drive is lost. */
    public boolean writes() {
        return readShare < 1;
    }

    /** Returns its name as it is typed. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
