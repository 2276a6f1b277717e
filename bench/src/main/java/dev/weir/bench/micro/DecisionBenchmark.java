package dev.weir.bench.micro;

import com.google.common.util.concurrent.RateLimiter;
import dev.weir.block.Direction;
import dev.weir.clock.Clock;
import dev.weir.engine.clock.SystemClock;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;
import dev.weir.throttle.bucket.BucketPolicyFactory;
import dev.weir.throttle.slice.SlicePolicyFactory;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Cost of admitting and charging a request with the clock read and the lock. A drive and the peers need both. Every
 * limit is far away. So each request is admitted.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecisionBenchmark {
    private static final int BYTES = 4096;
    private static final long RATE = 1_000_000_000L;
    private static final ThrottleLimits ONE = ThrottleLimits.of(Map.of(LimitKey.IOPS.key(), RATE));

    private final Clock clock = new SystemClock();
    private final Object lock = new Object();
    private final ThrottlePolicy bucketOne = policy(new BucketPolicyFactory(), ONE);
    private final ThrottlePolicy bucketSix = policy(new BucketPolicyFactory(), six(true));
    private final ThrottlePolicy sliceOne = policy(new SlicePolicyFactory(), ONE);
    private final ThrottlePolicy sliceSix = policy(new SlicePolicyFactory(), six(false));
    private final Bucket bucket4j = Bucket.builder()
            .addLimit(Bandwidth.builder()
                    .capacity(RATE)
                    .refillGreedy(RATE, Duration.ofSeconds(1))
                    .build())
            .withCustomTimePrecision(TimeMeter.SYSTEM_NANOTIME)
            .build();
    private final io.github.resilience4j.ratelimiter.RateLimiter resilience4j = new AtomicRateLimiter(
            "bench",
            RateLimiterConfig.custom()
                    .limitForPeriod((int) RATE)
                    .limitRefreshPeriod(Duration.ofSeconds(1))
                    .timeoutDuration(Duration.ZERO)
                    .build());
    private final RateLimiter guava = RateLimiter.create(RATE);
    private long length = BYTES;

    private static ThrottleLimits six(boolean bursts) {
        Map<String, Long> values = new LinkedHashMap<>();
        for (LimitKey limit : LimitKey.ALL) {
            long rate = limit.countsBytes() ? RATE * BYTES : RATE;
            values.put(limit.key(), rate);
            if (bursts) {
                values.put(limit.key() + "_max", 2 * rate);
                values.put(limit.key() + "_max_length", 10L);
            }
        }
        return ThrottleLimits.of(values);
    }

    private ThrottlePolicy policy(ThrottlePolicyFactory factory, ThrottleLimits limits) {
        return factory.create(limits, ThrottleDebt.NONE, clock.nanoTime());
    }

    private boolean decide(ThrottlePolicy policy, long bytes) {
        synchronized (lock) {
            long now = clock.nanoTime();
            if (policy.waitNanos(Direction.READ, bytes, now) > 0) {
                return false;
            }
            policy.charge(Direction.READ, bytes, now);
            return true;
        }
    }

    /** One limit under the policy {@code bucket}. */
    @Benchmark
    public boolean bucketOneLimit() {
        return decide(bucketOne, length);
    }

    /** All six limits with bursts under the policy {@code bucket}. */
    @Benchmark
    public boolean bucketSixLimits() {
        return decide(bucketSix, length);
    }

    /** All six limits with bursts and mixed request sizes under the policy {@code bucket}. */
    @Benchmark
    public boolean bucketSixLimitsMixedSizes() {
        length = ((length * 5 + 512) & 0x1fe00) | 512;
        return decide(bucketSix, length);
    }

    /** One limit under the policy {@code slice}. */
    @Benchmark
    public boolean sliceOneLimit() {
        return decide(sliceOne, length);
    }

    /** All six limits under the policy {@code slice}. It has no bursts. */
    @Benchmark
    public boolean sliceSixLimits() {
        return decide(sliceSix, length);
    }

    /** One limit of Bucket4j: the default lock-free bucket that counts nanoseconds. */
    @Benchmark
    public boolean bucket4j() {
        return bucket4j.tryConsume(1);
    }

    /** One limit of Resilience4j. */
    @Benchmark
    public boolean resilience4j() {
        return resilience4j.acquirePermission();
    }

    /** One limit of Guava. */
    @Benchmark
    public boolean guava() {
        return guava.tryAcquire();
    }
}
