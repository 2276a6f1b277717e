package dev.weir.bench.many;

import dev.weir.clock.Clock;
import dev.weir.engine.clock.SystemClock;
import dev.weir.nbd.spec.Nbd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** NBD connections of one thread, each to its own export, with random 4 KiB reads in flight. Not thread-safe. */
public final class Fleet implements AutoCloseable {
    private static final Clock CLOCK = new SystemClock();
    private static final int RECEIVE_BYTES = 256 << 10;
    private static final long DRAIN_NANOS = 30_000_000_000L;

    private final List<Connection> connections = new ArrayList<>();
    private final Selector selector = Selector.open();
    private final ByteBuffer in = ByteBuffer.allocateDirect(RECEIVE_BYTES);

    /**
     * The outcome of a run.
     *
     * @param perSecond completed reads of all connections per second
     * @param p50Micros median latency (µs)
     * @param p99Micros 99th percentile of the latencies (µs)
     * @param fairness Jain's index of the connections' rates: 1 if all are equal, 1 ÷ n if one has everything
     */
    public record Outcome(double perSecond, double p50Micros, double p99Micros, double fairness) {}

    /**
     * Connects to exports.
     *
     * @param socket the Unix socket of the server
     * @throws IOException if a connection fails; all are then closed
     */
    public Fleet(Path socket, List<String> exports) throws IOException {
        try {
            for (String export : exports) {
                connections.add(new Connection(socket, export, connections.size()));
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Writes each export once. Call it before the first {@link #run}. */
    public void fill() throws IOException {
        for (Connection connection : connections) {
            connection.fill();
        }
    }

    /**
     * Reads for some time and then waits for the last replies.
     *
     * @param depth reads in flight of each connection
     * @throws IOException if a server hangs up, reports an error or does not answer
     */
    public Outcome run(int depth, double seconds) throws IOException {
        ByteBuffer out = ByteBuffer.allocateDirect(depth * Nbd.REQUEST_BYTES);
        Histogram latencies = new Histogram(3);
        for (Connection connection : connections) {
            connection.channel().configureBlocking(false);
            if (connection.channel().keyFor(selector) == null) {
                connection.channel().register(selector, SelectionKey.OP_READ, connection);
            }
            connection.start(depth, out, CLOCK.nanoTime());
        }
        long begin = CLOCK.nanoTime();
        long end = begin + Math.round(seconds * 1e9);
        serve(end, true, out, latencies);
        long[] counts = connections.stream().mapToLong(Connection::completed).toArray();
        double elapsed = (CLOCK.nanoTime() - begin) / 1e9;
        serve(CLOCK.nanoTime() + DRAIN_NANOS, false, out, new Histogram(3));
        return new Outcome(
                sum(counts) / elapsed,
                latencies.getValueAtPercentile(50) / 1e3,
                latencies.getValueAtPercentile(99) / 1e3,
                fairness(counts));
    }

    private void serve(long until, boolean again, ByteBuffer out, Histogram latencies) throws IOException {
        long now = CLOCK.nanoTime();
        while (now < until && (again || connections.stream().anyMatch(each -> each.inFlight() > 0))) {
            selector.select(Math.max(1, (until - now) / 1_000_000));
            now = CLOCK.nanoTime();
            for (SelectionKey key : selector.selectedKeys()) {
                ((Connection) key.attachment()).receive(in, out, CLOCK.nanoTime(), again, latencies::recordValue);
            }
            selector.selectedKeys().clear();
        }
        if (!again && now >= until) {
            throw new IOException("the server did not answer all reads");
        }
    }

    private static double sum(long[] counts) {
        double sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }

    /** Returns Jain's index. */
    static double fairness(long[] counts) {
        double squares = 0;
        for (long count : counts) {
            squares += (double) count * count;
        }
        double sum = sum(counts);
        return squares == 0 ? 0 : sum * sum / (counts.length * squares);
    }

    @Override
    public void close() throws IOException {
        for (Connection connection : connections) {
            connection.close();
        }
        selector.close();
    }
}
