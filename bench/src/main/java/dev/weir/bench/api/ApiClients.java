package dev.weir.bench.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.weir.clock.Clock;
import dev.weir.engine.clock.SystemClock;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** Keep-alive connections that together send GET requests for drives at a rate. Used by one thread. */
final class ApiClients implements AutoCloseable {
    private static final Clock CLOCK = new SystemClock();
    private final List<Socket> sockets = new ArrayList<>();
    private final ExecutorService threads;
    private final String head;
    private final int perSecond;
    private final int drives;
    private volatile boolean isOver;
    private List<Future<long[]>> running = List.of();

    /** The durations of the answers (ns), sorted. */
    static final class Times {
        private final long[] nanos;

        private Times(long[] nanos) {
            this.nanos = nanos;
        }

        int count() {
            return nanos.length;
        }

        double millis(double part) {
            return nanos.length == 0 ? Double.NaN : nanos[(int) (part * (nanos.length - 1))] / 1e6;
        }
    }

    /**
     * Connects.
     *
     * @param perSecond requests per second of all connections
     * @param drives number of drives, d0 and so on
     */
    ApiClients(int port, String token, int connections, int perSecond, int drives) throws IOException {
        head = "Host: localhost:%d\r\nAuthorization: Bearer %s\r\n\r\n".formatted(port, token);
        this.perSecond = perSecond;
        this.drives = drives;
        threads = Executors.newFixedThreadPool(connections);
        for (int i = 0; i < connections; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            sockets.add(socket);
        }
    }

    /** Sends requests for a number of seconds and returns the times of their answers. */
    Times run(int seconds) throws IOException, InterruptedException {
        start(CLOCK.nanoTime() + TimeUnit.SECONDS.toNanos(seconds));
        return collect();
    }

    /** Begins to send requests until {@link #end}. */
    void begin() {
        start(Long.MAX_VALUE);
    }

    private void start(long until) {
        isOver = false;
        long from = CLOCK.nanoTime();
        running = new ArrayList<>();
        for (int i = 0; i < sockets.size(); i++) {
            int place = i;
            running.add(threads.submit(() -> exchange(place, from, until)));
        }
    }

    /** Ends what {@link #begin} began. */
    void end() throws IOException, InterruptedException {
        isOver = true;
        collect();
    }

    private Times collect() throws IOException, InterruptedException {
        LongStream all = LongStream.empty();
        for (Future<long[]> each : running) {
            try {
                all = LongStream.concat(all, Arrays.stream(each.get()));
            } catch (ExecutionException e) {
                throw new IOException("a client of the API failed", e);
            }
        }
        return new Times(all.sorted().toArray());
    }

    private long[] exchange(int place, long from, long until) {
        long step = TimeUnit.SECONDS.toNanos(1) * sockets.size() / perSecond;
        LongStream.Builder nanos = LongStream.builder();
        long due = from + step * place / sockets.size();
        try {
            InputStream in = new BufferedInputStream(sockets.get(place).getInputStream());
            for (int i = place; due < until && !isOver; i += sockets.size(), due += step) {
                long wait = due - CLOCK.nanoTime();
                if (wait > 0) {
                    TimeUnit.NANOSECONDS.sleep(wait);
                }
                long begin = CLOCK.nanoTime();
                String request = "GET /v1/drives/d" + i % drives + " HTTP/1.1\r\n" + head;
                sockets.get(place).getOutputStream().write(request.getBytes(ISO_8859_1));
                skipAnswer(in);
                nanos.add(CLOCK.nanoTime() - begin);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return nanos.build().toArray();
    }

    private static void skipAnswer(InputStream in) throws IOException {
        String status = line(in);
        if (!status.startsWith("HTTP/1.1 200")) {
            throw new IOException(status);
        }
        int length = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            if (line.regionMatches(true, 0, "Content-Length:", 0, "Content-Length:".length())) {
                length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
            }
        }
        in.skipNBytes(length);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection has ended");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        isOver = true;
        threads.shutdownNow();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
