package dev.weir.engine.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class PolicyWatchTest {
    private static final ThrottleLimits LIMITS = ThrottleLimits.of(Map.of("iops", 1L));

    /** A policy that blocks for ever at a query. */
    private static final class Blocking implements ThrottlePolicyFactory, ThrottlePolicy {
        final CountDownLatch asked = new CountDownLatch(1);
        final boolean throwsThen;

        Blocking(boolean throwsThen) {
            this.throwsThen = throwsThen;
        }

        @Override
        public String type() {
            return "blocking";
        }

        @Override
        public boolean returnsAtOnce() {
            return true;
        }

        @Override
        public ThrottlePolicy create(ThrottleLimits limits, ThrottleDebt owed, long now) {
            return this;
        }

        @Override
        public long waitNanos(LimitKey limit, Direction direction, long bytes, long now) {
            asked.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                if (throwsThen) {
                    throw new IllegalStateException("interrupted", e);
                }
            }
            return 0;
        }

        @Override
        public void charge(Direction direction, long bytes, long now) {}

        @Override
        public void reconfigure(ThrottleLimits limits, long now) {}

        @Override
        public ThrottleDebt debt(long now) {
            return ThrottleDebt.NONE;
        }
    }

    private static PolicySlot blocked(Blocking policy) throws InterruptedException {
        PolicySlot slot = new PolicySlot("drive vm1", "blocking", LIMITS, policy, 0);
        CompletableFuture<Long> wait = new CompletableFuture<>();
        Thread client = new Thread(() -> {
            long answer = slot.waitNanos(Direction.READ, 512, 0);
            assertFalse(Thread.currentThread().isInterrupted());
            wait.complete(answer);
        });
        client.setDaemon(true);
        client.start();
        policy.asked.await();
        while (client.isAlive() && !wait.isDone()) {
            PolicyWatch.look();
            Thread.onSpinWait();
        }
        assertEquals(PolicySlot.UNKNOWN_NANOS, wait.join());
        return slot;
    }

    @Test
    void aPolicyThatBlocksIsInterruptedAndHolds() throws InterruptedException {
        PolicySlot slot = blocked(new Blocking(true));
        assertTrue(slot.isHolding());
        assertTrue(slot.reason().contains(Blocking.class.getName()), slot.reason());
    }

    @Test
    void anAnswerAfterAnInterruptIsNotBelieved() throws InterruptedException {
        assertTrue(blocked(new Blocking(false)).reason().contains("blocked for more than a second"));
    }

    @Test
    void aThreadThatLeavesEarlyIsNotInterrupted() {
        PolicySlot slot = new PolicySlot("drive vm1", "blocking", LIMITS, null, 0);
        for (int i = 0; i < 10; i++) {
            PolicyWatch.enter(slot);
            PolicyWatch.look();
            PolicyWatch.look();
            assertFalse(PolicyWatch.exit());
            PolicyWatch.look();
        }
        assertFalse(Thread.currentThread().isInterrupted());
    }
}
