package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.engine.clock.SystemClock;
import dev.weir.engine.debt.Debts;
import dev.weir.testkit.block.ScriptedBackends;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import dev.weir.throttle.bucket.BucketPolicyFactory;
import dev.weir.throttle.slice.SlicePolicyFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Real threads on the system's clock. Clients submit and leave while drives close and move between groups. Limits,
 * policies and backends change meanwhile. {@code -Drace.changes=N} sets the number of changes.
 */
class RaceTest {
    private static final int CHANGES = Integer.getInteger("race.changes", 4_000);
    private static final int DRIVES = 3;
    private static final int OUTSTANDING = 64;

    private final Map<String, Object> services = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
    private final SystemClock clock = new SystemClock();
    private final Engine engine = new Engine(clock, this::publish, Debts.NONE);
    private final ThrottlePolicyFactory bucket = new BucketPolicyFactory();
    private final AtomicLong completed = new AtomicLong();
    private volatile boolean over;

    /** The number of the last released request by lane. */
    private final AtomicLong[] last = new AtomicLong[2 * DRIVES];

    private final Map<Long, Request> requests = new ConcurrentHashMap<>();
    private final ScriptedBackends backends = Observed.backends(this::reached);

    private final class Request extends BlockRequest {
        private final AtomicInteger completions = new AtomicInteger();
        private final Semaphore free;
        private final int lane;
        private final long size;

        Request(Drive drive, int lane, Operation operation, long serial, Semaphore free) {
            super(drive.name());
            this.free = free;
            this.lane = lane;
            size = drive.size();
            prepare(operation, serial, 512);
        }

        @Override
        public ByteBuffer buffer() {
            return ByteBuffer.allocate(0);
        }

        @Override
        protected void completed(@Nullable BlockError error) {
            if (completions.incrementAndGet() > 1) {
                violations.add(offset() + " was completed twice");
            }
            requests.remove(offset());
            completed.incrementAndGet();
            free.release();
        }
    }

    private <S> Publisher.Publication publish(Class<S> type, S service, Map<String, ?> properties) {
        String key = type.getSimpleName() + properties.get(Drive.NAME);
        services.put(key, service);
        return new Publisher.Publication() {
            @Override
            public void update(Map<String, ?> newProperties) {}

            @Override
            public void withdraw() {
                services.remove(key, service);
            }
        };
    }

    /** Called on the releasing thread. It lets other threads run first, so that races become likely. */
    private void reached(String drive, long size, long serial) {
        Request request = requests.get(serial);
        if (request == null) {
            violations.add(serial + " reached a backend after it was completed");
            return;
        }
        if (size != request.size) {
            violations.add(serial + " reached another image of " + drive);
        }
        if (serial % 4 == 0) {
            Thread.onSpinWait();
        }
        long before = last[request.lane].getAndSet(serial);
        if (before > serial) {
            violations.add(serial + " was overtaken by " + before + " in " + drive);
        }
    }

    private void submit(int drive, Random random, Semaphore free, AtomicLong serial) throws InterruptedException {
        Drive to = (Drive) services.get("Drivevm" + drive);
        if (to == null) {
            Thread.onSpinWait();
        } else if (free.tryAcquire(1, TimeUnit.MILLISECONDS)) {
            boolean reads = random.nextBoolean();
            int lane = 2 * drive + (reads ? 0 : 1);
            Operation operation = reads ? Operation.READ : Operation.WRITE;
            Request request = new Request(to, lane, operation, serial.incrementAndGet(), free);
            requests.put(request.offset(), request);
            to.submit(request);
            if (random.nextInt(64) == 0) {
                to.cancel(request.client());
            }
        }
    }

    private void change(Random random) {
        int drive = random.nextInt(DRIVES);
        switch (random.nextInt(8)) {
            case 0 -> {
                engine.removePolicies(bucket);
                engine.addPolicies(bucket, 0);
            }
            case 1 -> {
                engine.removeDrive("vm" + drive);
                configure(drive, random);
            }
            case 2 -> configureGroup(random);
            default -> configure(drive, random);
        }
    }

    private void configure(int drive, Random random) {
        String group = random.nextInt(3) == 0 ? null : "g" + random.nextInt(2);
        String image = random.nextInt(8) == 0 ? "b" : "a";
        ThrottleLimits limits = ThrottleLimits.of(Map.of("iops", 2_000L + random.nextInt(50_000)));
        String policy = random.nextBoolean() ? "bucket" : "slice";
        engine.configure(DriveSettings.builder("vm" + drive, backends.type())
                .options(Map.of("image", image))
                .policy(policy)
                .group(group)
                .limits(limits)
                .build());
    }

    private void configureGroup(Random random) {
        ThrottleLimits limits = ThrottleLimits.of(Map.of("iops", 2_000L + random.nextInt(50_000)));
        engine.configure(new GroupSettings("g" + random.nextInt(2), "bucket", limits));
    }

    @Test
    void nothingIsLostOrReordered() throws InterruptedException {
        clock.start();
        engine.addPolicies(bucket, 0);
        engine.addPolicies(new SlicePolicyFactory(), 0);
        engine.addBackends(backends, 0);
        Random random = new Random();
        configureGroup(random);
        List<Thread> clients = new ArrayList<>();
        CountDownLatch ended = new CountDownLatch(DRIVES);
        for (int i = 0; i < last.length; i++) {
            last[i] = new AtomicLong();
        }
        AtomicLong serial = new AtomicLong();
        for (int drive = 0; drive < DRIVES; drive++) {
            configure(drive, random);
            int number = drive;
            clients.add(new Thread(() -> beClient(number, serial, ended)));
        }
        clients.forEach(Thread::start);
        for (int i = 0; i < CHANGES && violations.isEmpty(); i++) {
            change(random);
        }
        over = true;
        assertTrue(ended.await(90, TimeUnit.SECONDS), "a client hangs");
        engine.close();
        clock.close();
        assertEquals(List.of(), List.copyOf(violations));
        assertTrue(completed.get() > 1_000, completed.get() + " requests say nothing");
    }

    private void beClient(int drive, AtomicLong serial, CountDownLatch ended) {
        Random random = new Random();
        Semaphore free = new Semaphore(OUTSTANDING);
        try {
            while (!over) {
                submit(drive, random, free, serial);
            }
            if (!free.tryAcquire(OUTSTANDING, 60, TimeUnit.SECONDS)) {
                violations.add(OUTSTANDING - free.availablePermits() + " requests of vm" + drive + " were lost");
            }
        } catch (InterruptedException | RuntimeException e) {
            violations.add(e.toString());
        } finally {
            ended.countDown();
        }
    }
}
