package dev.weir.testkit.block;

import dev.weir.block.BlockBackend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;

/** Concurrent threads on one backend. Each thread uses other bytes. */
final class BlockRaces {
    private static final int WRITERS = 4;
    private static final int STEPS = 1_500;

    /** Odd, so that threads share every page and every block. */
    private static final int STRIPE = 1_009;

    /** The striped part of the drive (bytes). It is small so that threads meet often. */
    static final int STRIPED = 70_001;

    private static final int ROUNDS = 300;
    private static final long ROUND_SPACING = 1 << 20;
    private static final int PART = 1_009;
    private static final long PATIENCE_SECONDS = 120;

    private BlockRaces() {}

    /** Each writer owns every fifth stripe. The fifth stripe stays constant and is read all the time. */
    static void stripes(BlockBackend backend, long seed) throws Exception {
        ModelledDrive unchanged = new ModelledDrive(backend, 0, STRIPED);
        forEachStripe(WRITERS, (from, to) -> unchanged.write(from, filled(to - from, (byte) 0x77)));
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            tasks.add(() -> writeStripes(backend, writer, new Random(seed + writer)));
        }
        for (int i = 0; i < 2; i++) {
            ModelledDrive view = unchanged.on(backend);
            tasks.add(() -> {
                for (int step = 0; step < STEPS / 20; step++) {
                    forEachStripe(WRITERS, (from, to) -> view.check(from, to - from));
                }
                return null;
            });
        }
        runAtOnce(tasks);
    }

    private static Void writeStripes(BlockBackend backend, int writer, Random random) throws IOException {
        ModelledDrive drive = new ModelledDrive(backend, 0, STRIPED);
        int stripes = STRIPED / STRIPE;
        for (int step = 0; step < STEPS; step++) {
            int stripe = random.nextInt(stripes / (WRITERS + 1)) * (WRITERS + 1) + writer;
            drive.randomStep(random, stripe * STRIPE, (stripe + 1) * STRIPE);
        }
        forEachStripe(writer, (from, to) -> drive.check(from, to - from));
        return null;
    }

    /** In each round all threads write to the same unwritten part of the drive. */
    static void firstWrites(BlockBackend backend) throws Exception {
        inRounds(WRITERS, (party, base, together) -> {
            together.await();
            ModelledDrive part = new ModelledDrive(backend, base + (long) party * PART, PART);
            part.write(0, filled(PART, (byte) (1 + party)));
            together.await();
            part.checkAll();
        });
    }

    /** In each round some threads zero or trim the written part of a page while others write beside it. */
    static void emptyWhileWriting(BlockBackend backend) throws Exception {
        inRounds(WRITERS, (party, base, together) -> {
            ModelledDrive part = new ModelledDrive(backend, base + (long) party * PART, PART);
            boolean empties = party % 2 == 0;
            if (empties) {
                part.write(0, filled(PART, (byte) 9));
            }
            together.await();
            if (!empties) {
                part.write(0, filled(PART, (byte) (1 + party)));
            } else if (party == 0) {
                part.trim(0, PART);
            } else {
                part.writeZeroes(0, PART, true);
            }
            together.await();
            part.checkAll();
        });
    }

    private static void inRounds(int parties, Round round) throws Exception {
        Phaser phaser = new Phaser(parties);
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < parties; i++) {
            int party = i;
            tasks.add(() -> {
                try {
                    for (int n = 0; n < ROUNDS; n++) {
                        round.run(party, n * ROUND_SPACING, () -> phaser.awaitAdvanceInterruptibly(phaser.arrive()));
                    }
                } finally {
                    // a failed thread must not block the others at the barrier
                    phaser.arriveAndDeregister();
                }
                return null;
            });
        }
        runAtOnce(tasks);
    }

    private static void runAtOnce(List<Callable<Void>> tasks) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            List<Throwable> failures = new ArrayList<>();
            for (Future<Void> done : threads.invokeAll(tasks, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                try {
                    done.get();
                } catch (ExecutionException e) {
                    failures.add(e.getCause());
                }
            }
            if (!failures.isEmpty()) {
                throw new AssertionError("a thread failed: " + failures.get(0).getMessage(), failures.get(0));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void forEachStripe(int owner, Stripe action) throws IOException {
        for (int from = owner * STRIPE; from + STRIPE <= STRIPED; from += (WRITERS + 1) * STRIPE) {
            action.on(from, from + STRIPE);
        }
    }

    private static byte[] filled(int length, byte value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, value);
        return bytes;
    }

    private interface Stripe {
        void on(int from, int to) throws IOException;
    }

    private interface Round {
        void run(int party, long base, Together together) throws Exception;
    }

    /** A barrier: waits until all threads have arrived. */
    private interface Together {
        void await() throws InterruptedException;
    }
}
