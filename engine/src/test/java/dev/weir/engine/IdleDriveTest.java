package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.backend.memory.MemoryBackendFactory;
import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.engine.debt.Debts;
import dev.weir.testkit.clock.ManualClock;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.bucket.BucketPolicyFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A drive in memory that has had no request. A host may have a hundred thousand of them. */
class IdleDriveTest {
    private final List<Class<?>> published = new ArrayList<>();
    private int timers;

    private final class CountingClock implements Clock {
        private final Clock clock = ManualClock.seeded(1);

        @Override
        public long nanoTime() {
            return clock.nanoTime();
        }

        @Override
        public Timer timer(Runnable task) {
            timers++;
            return clock.timer(task);
        }
    }

    private final class Services implements Publisher {
        @Override
        public <S> Publication publish(Class<S> type, S service, Map<String, ?> properties) {
            published.add(type);
            return new Publication() {
                @Override
                public void update(Map<String, ?> newProperties) {}

                @Override
                public void withdraw() {}
            };
        }
    }

    @Test
    void hasNoTimer() {
        Engine engine = new Engine(new CountingClock(), new Services(), Runnable::run, Debts.NONE);
        engine.addPolicies(new BucketPolicyFactory(), 0);
        engine.addBackends(new MemoryBackendFactory(), 0);
        engine.configure(DriveSettings.builder("vm1", "memory")
                .options(Map.of("size", 1L << 20))
                .limits(ThrottleLimits.of(Map.of("iops", 100L, "bps", 1_000_000L)))
                .build());
        assertEquals(List.of(DriveControl.class, Drive.class), published);
        engine.close();
        assertEquals(0, timers);
    }
}
