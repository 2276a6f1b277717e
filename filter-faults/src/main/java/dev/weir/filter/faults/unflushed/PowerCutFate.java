package dev.weir.filter.faults.unflushed;

import dev.weir.block.Operation;
import dev.weir.fault.PowerCut;
import dev.weir.filter.faults.seed.Draws;
import java.util.ArrayList;
import java.util.List;

/**
 * The choice of the writes that a power cut loses. Pure: the same writes, power cut and seed have the same lost writes.
 *
 * @param kept the surviving writes or parts, in the order of writing
 * @param lost the lost writes or parts, in the order of writing
 */
record PowerCutFate(List<Write> kept, List<Write> lost) {

    /** Chooses the lost writes of a record, given in its order. Trims and write-zeroes are never torn. */
    static PowerCutFate of(List<Write> writes, PowerCut.Keep keep, int tear, long seed) {
        List<Write> pieces = new ArrayList<>();
        writes.forEach(write -> split(write, tear, pieces));
        int[] units = units(pieces, tear);
        int count = pieces.isEmpty() ? 0 : units[units.length - 1] + 1;
        long survivors = keep == PowerCut.Keep.PREFIX ? (long) (Draws.uniform(seed, 0) * (count + 1)) : 0;
        PowerCutFate fate = new PowerCutFate(new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < pieces.size(); i++) {
            int unit = units[i];
            boolean isKept =
                    switch (keep) {
                        case NONE -> false;
                        case ALL -> true;
                        case PREFIX -> unit < survivors;
                        case RANDOM -> Draws.uniform(seed, unit) < 0.5;
                    };
            add(pieces.get(i), isKept ? fate.kept : fate.lost);
        }
        return fate;
    }

    private static void split(Write write, int tear, List<Write> pieces) {
        if (tear == 0 || write.operation() != Operation.WRITE) {
            pieces.add(write);
            return;
        }
        for (long start = write.offset(); start < write.end(); ) {
            long end = Math.min(write.end(), (start / tear + 1) * tear);
            pieces.add(write.part(start, end));
            start = end;
        }
    }

    /**
     * Returns the unit of each piece. A unit survives or is lost as a whole. It is a torn part, or a whole write
     * without tearing.
     */
    private static int[] units(List<Write> pieces, int tear) {
        int[] units = new int[pieces.size()];
        for (int i = 1; i < units.length; i++) {
            boolean isSame =
                    tear == 0 && pieces.get(i).number() == pieces.get(i - 1).number();
            units[i] = units[i - 1] + (isSame ? 0 : 1);
        }
        return units;
    }

    /** Adds a piece. Joins it with the one before if both are neighbours of one write. */
    private static void add(Write piece, List<Write> to) {
        Write last = to.isEmpty() ? null : to.get(to.size() - 1);
        if (last != null && last.number() == piece.number() && last.end() == piece.offset()) {
            to.set(
                    to.size() - 1,
                    new Write(
                            last.number(),
                            last.operation(),
                            last.mayUnmap(),
                            last.offset(),
                            last.length() + piece.length(),
                            last.data(),
                            last.from()));
        } else {
            to.add(piece);
        }
    }
}
