package dev.weir.bench.micro;

import com.sun.management.OperatingSystemMXBean;
import dev.weir.clock.Clock;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A span of time in which a load ran.
 *
 * @param requests the completed requests
 * @param nanos the duration (ns)
 * @param processorNanos the processor time of this process (ns)
 */
record Window(long requests, long nanos, long processorNanos) {
    private static final double NANOS_PER_SECOND = 1e9;

    /**
     * Measures the next seconds.
     *
     * @param completed counts the requests of the load
     */
    static Window over(long seconds, Clock clock, LongAdder completed) throws InterruptedException {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long requests = completed.sum();
        long began = clock.nanoTime();
        long processor = system.getProcessCpuTime();
        TimeUnit.SECONDS.sleep(seconds);
        return new Window(completed.sum() - requests, clock.nanoTime() - began, system.getProcessCpuTime() - processor);
    }

    /** Returns the processor time of a request (ns). */
    double processorNanosPerRequest() {
        return (double) processorNanos / requests;
    }

    double requestsPerSecond() {
        return requests * NANOS_PER_SECOND / nanos;
    }
}
