package dev.weir.filter.faults;

import dev.weir.fault.ByteRange;
import dev.weir.fault.Fault;
import java.util.BitSet;

/**
 * The sectors of a bad range that a write has repaired. A write repairs the sectors that it covers in full.
 *
 * <p>Thread-safe.
 */
final class Repairs {
    private final long first;
    private final int sectors;

    /** Repaired sectors from the first of the range on. Guarded by itself. */
    private final BitSet repaired = new BitSet();

    /** Creates a bad range; offset and length are multiples of a sector. */
    Repairs(ByteRange range) {
        first = range.offset() / Fault.SECTOR;
        sectors = (int) (range.length() / Fault.SECTOR);
    }

    private static long ceiling(long bytes) {
        return (bytes + Fault.SECTOR - 1) / Fault.SECTOR;
    }

    void written(long offset, long length) {
        long from = Math.max(0, ceiling(offset) - first);
        long to = Math.min(sectors, (offset + length) / Fault.SECTOR - first);
        if (from < to) {
            synchronized (repaired) {
                repaired.set((int) from, (int) to);
            }
        }
    }

    /** Returns whether a range touches a sector that is still bad. */
    boolean hasBad(long offset, long length) {
        long from = Math.max(0, offset / Fault.SECTOR - first);
        long to = Math.min(sectors, ceiling(offset + length) - first);
        if (from >= to) {
            return false;
        }
        synchronized (repaired) {
            return repaired.nextClearBit((int) from) < to;
        }
    }

    boolean isBad(long sector) {
        long index = sector - first;
        if (index < 0 || index >= sectors) {
            return false;
        }
        synchronized (repaired) {
            return !repaired.get((int) index);
        }
    }
}
