package dev.weir.fault;

import java.util.List;

/**
 * The result of a power cut.
 *
 * <p>Immutable, with immutable lists.
 *
 * @param how the power cut with its seed
 * @param writes number of unflushed writes, write-zeroes and trims at the moment of the cut
 * @param lostWrites number of these that lost at least a part
 * @param lostBytes the lost bytes
 * @param early bytes of unflushed writes that had reached the backend before, because the record was full
 * @param lost the first lost ranges in the order of writing, at most {@value #MOST_RANGES}
 */
public record PowerCutReport(PowerCut how, long writes, long lostWrites, long lostBytes, long early, List<Lost> lost) {

    /** The most ranges in a report. */
    public static final int MOST_RANGES = 1_000;

    /**
     * A lost range.
     *
     * @param write the place of its write among the unflushed ones; the first is 1
     * @param offset offset in the drive (bytes)
     * @param length length (bytes)
     */
    public record Lost(long write, long offset, long length) {}

    /**
     * Copies the list.
     *
     * @param how the power cut
     * @param writes number of unflushed writes
     * @param lostWrites number of lost ones
     * @param lostBytes the lost bytes
     * @param early bytes that reached the backend before
     * @param lost the lost ranges
     */
    public PowerCutReport {
        lost = List.copyOf(lost);
    }
}
