package dev.weir.junit;

import static dev.weir.junit.Faults.keep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Transactions of a {@linkplain RollbackJournal model of SQLite} under 200 power cuts in the midst of commits. */
class SqliteCommitTest {
    private static final int POWER_CUTS = 200;

    @RegisterExtension
    final WeirDrive disk = WeirDrive.memory(WeirDrive.MIB).losesPower();

    /** The last write of each page by number of the transaction, for each number of committed transactions. */
    private final List<Map<Integer, Long>> states = new ArrayList<>(List.of(Map.of()));

    private final long seed = ThreadLocalRandom.current().nextLong(Long.MAX_VALUE);
    private final SplittableRandom random = new SplittableRandom(seed);

    /** The power is lost before a write or flush. */
    private static final class PowerLost extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @Test
    void fullLosesNoCommittedTransaction() throws IOException {
        for (int cut = 0; cut < POWER_CUTS; cut++) {
            int acknowledged = states.size() - 1;
            runUntilPowerIsLost(true);
            int committed = states.size() - 1;
            cutPower();
            int found = stateAfterRecovery();
            String where = "power cut " + cut + " with seed " + seed + " after " + acknowledged;
            // a transaction may be committed before its commit returns
            assertTrue(found == committed || found == committed - 1, where + ": found " + found + " of " + committed);
            if (found == committed - 1) {
                states.remove(committed);
            }
        }
        assertTrue(states.size() > POWER_CUTS, "transactions: " + states.size());
    }

    @Test
    void offLosesCommittedTransactions() throws IOException {
        int lost = 0;
        for (int cut = 0; cut < POWER_CUTS; cut++) {
            states.subList(1, states.size()).clear();
            try (FlushableChannel channel = disk.channel()) {
                channel.write(ByteBuffer.allocate((int) WeirDrive.MIB)); // a new database
            }
            runUntilPowerIsLost(false);
            int committed = states.size() - 1;
            cutPower();
            int found = stateAfterRecovery();
            lost += found == committed || found == committed - 1 ? 0 : 1;
        }
        assertTrue(lost > POWER_CUTS / 2, lost + " with seed " + seed);
    }

    /** Commits transactions until the power is lost. The last one in {@link #states} is then incomplete. */
    private void runUntilPowerIsLost(boolean isFull) throws IOException {
        int[] steps = {1 + random.nextInt(60)};
        RollbackJournal database = new RollbackJournal(disk.channel(), isFull, () -> {
            if (--steps[0] == 0) {
                throw new PowerLost();
            }
        });
        try {
            while (true) {
                long transaction = random.nextLong() | 1;
                Map<Integer, Long> after = new TreeMap<>(states.get(states.size() - 1));
                Map<Integer, ByteBuffer> pages = new TreeMap<>();
                for (int i = random.nextInt(5); i >= 0; i--) {
                    int page = random.nextInt(RollbackJournal.PAGES);
                    after.put(page, transaction);
                    pages.put(page, content(page, transaction));
                }
                states.add(after);
                database.commit(transaction, pages);
            }
        } catch (PowerLost e) {
            // the transaction is not acknowledged
        }
    }

    private void cutPower() throws IOException {
        long ofCut = random.nextLong(Long.MAX_VALUE);
        Survivors survivors =
                switch (random.nextInt(4)) {
                    case 0 -> keep.none();
                    case 1 -> keep.prefix(ofCut).torn(512);
                    case 2 -> keep.random(ofCut);
                    default -> keep.random(ofCut).torn(512);
                };
        disk.powerCut(survivors);
    }

    /** Returns the number of the transactions that the database has, or -1 if it is corrupt. */
    private int stateAfterRecovery() throws IOException {
        RollbackJournal database = new RollbackJournal(disk.channel(), true, () -> {});
        database.recover();
        Map<Integer, ByteBuffer> found = new TreeMap<>();
        for (int page = 0; page < RollbackJournal.PAGES; page++) {
            found.put(page, database.page(page));
        }
        for (int state = states.size() - 1; state >= 0; state--) {
            Map<Integer, Long> expected = states.get(state);
            if (found.entrySet().stream().allMatch(page -> page.getValue()
                    .equals(content(page.getKey(), expected.getOrDefault(page.getKey(), 0L))))) {
                return state;
            }
        }
        return -1;
    }

    /** Returns the page as a transaction leaves it: zeroes for transaction 0. */
    private static ByteBuffer content(int page, long transaction) {
        ByteBuffer content = ByteBuffer.allocate(RollbackJournal.PAGE);
        SplittableRandom bytes = new SplittableRandom(transaction + page);
        while (transaction != 0 && content.hasRemaining()) {
            content.putLong(bytes.nextLong());
        }
        return content.clear();
    }

    @Test
    void modelKeepsTransactionsWithoutPowerCuts() throws IOException {
        RollbackJournal database = new RollbackJournal(disk.channel(), true, () -> {});
        database.commit(7, Map.of(3, content(3, 7)));
        states.add(Map.of(3, 7L));
        assertEquals(1, stateAfterRecovery());
    }
}
