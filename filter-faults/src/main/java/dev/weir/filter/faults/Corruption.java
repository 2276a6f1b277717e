package dev.weir.filter.faults;

import dev.weir.fault.ByteRange;
import dev.weir.fault.Fault;
import dev.weir.filter.faults.seed.Draws;
import java.nio.ByteBuffer;

/**
 * Flips bits of read data. The bad sectors and their bits depend on the seed and the offset only, so that a re-read
 * agrees. Without {@code sticky} they also depend on the number of the request.
 *
 * @param by the fault
 * @param number the number of the request among the matching ones
 */
record Corruption(ActiveFault by, long number) {
    private static final int BITS = Fault.SECTOR * 8;

    /** Selects the random numbers of bits, apart from those of sectors. */
    private static final long BIT_SEED = 0x5DEE_CE66_D1CE_F00DL;

    /**
     * Flips the bits in data.
     *
     * @param data the data from position to limit
     * @param offset the offset of its first byte in the drive
     */
    void apply(ByteBuffer data, long offset) {
        Fault fault = by.fault();
        long seed = fault.sticky() ? by.seed() : Draws.bits(by.seed(), number);
        ByteRange range = fault.range();
        long from = range == null ? offset : Math.max(offset, range.offset());
        long to = offset + data.remaining();
        to = range == null ? to : Math.min(to, range.end());
        boolean isHit = false;
        for (long sector = from / Fault.SECTOR; sector * Fault.SECTOR < to; sector++) {
            boolean isBad = fault.percent() >= 100 || Draws.uniform(seed, sector) * 100 < fault.percent();
            if (isBad && by.isBad(sector)) {
                isHit |= flip(data, offset, from, to, sector, Draws.bits(seed ^ BIT_SEED, sector));
            }
        }
        if (isHit) {
            by.count();
        }
    }

    /** Flips different bits of a sector. Returns whether one lies within the read range. */
    private boolean flip(ByteBuffer data, long offset, long from, long to, long sector, long random) {
        int start = (int) (random >>> 32) & (BITS - 1);
        int step = ((int) random & (BITS - 1)) | 1; // odd, so that the first 4,096 steps differ
        boolean isHit = false;
        for (int i = 0; i < by.fault().flippedBits(); i++) {
            int bit = (start + i * step) & (BITS - 1);
            long at = sector * Fault.SECTOR + bit / 8;
            if (at >= from && at < to) {
                int index = data.position() + (int) (at - offset);
                data.put(index, (byte) (data.get(index) ^ (1 << (bit % 8))));
                isHit = true;
            }
        }
        return isHit;
    }
}
