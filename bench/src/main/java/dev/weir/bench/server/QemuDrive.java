package dev.weir.bench.server;

import dev.weir.bench.report.Run;
import dev.weir.clock.Clock;
import dev.weir.engine.clock.SystemClock;
import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * A drive of a QEMU process without a guest. QEMU's own throttling limits it. Requests enter through the monitor as
 * in QEMU's tests and take the path of a guest's request.
 */
public final class QemuDrive implements AutoCloseable {
    public static final String PROGRAM = "qemu-system-x86_64";

    private static final long START_MILLIS = 10_000;

    private final Process qemu;
    private final SocketChannel monitor;
    private final Clock clock = new SystemClock();

    private QemuDrive(Process qemu, SocketChannel monitor) {
        this.qemu = qemu;
        this.monitor = monitor;
    }

    /**
     * Starts a drive without storage.
     *
     * @param limit a limit as QEMU writes it, for example {@code bps-total=1048576}
     */
    public static QemuDrive start(Run run, long driveBytes, String limit) throws IOException, InterruptedException {
        Path socket = Files.createTempDirectory(run.folder(), "qemu").resolve("qmp");
        String drive = "if=none,id=vm1,driver=null-co,size=" + driveBytes + ",throttling." + limit;
        List<String> command = new ArrayList<>(List.of("stdbuf", "-oL", PROGRAM, "-M", "none", "-nodefaults"));
        command.addAll(List.of("-display", "none", "-qmp", "unix:" + socket + ",server=on,wait=off", "-drive", drive));
        Process qemu = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        for (long waited = 0; !Files.exists(socket) && waited < START_MILLIS; waited += 10) {
            Thread.sleep(10);
        }
        SocketChannel monitor = SocketChannel.open(StandardProtocolFamily.UNIX);
        monitor.connect(UnixDomainSocketAddress.of(socket));
        QemuDrive started = new QemuDrive(qemu, monitor);
        Thread drain = new Thread(started::drain, "qmp");
        drain.setDaemon(true);
        drain.start();
        started.command("{\"execute\":\"qmp_capabilities\"}");
        return started;
    }

    /** Discards the monitor's replies. */
    private void drain() {
        ByteBuffer answers = ByteBuffer.allocate(1 << 16);
        try {
            while (monitor.read(answers.clear()) >= 0) {
                // until QEMU ends
            }
        } catch (IOException e) {
            qemu.destroy();
        }
    }

    private void command(String json) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((json + "\n").getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            monitor.write(bytes);
        }
    }

    /**
     * A completed read.
     *
     * @param completedAtMillis since the first read was submitted
     * @param nanos from submission to completion
     */
    public record Read(int completedAtMillis, long nanos) {}

    /** Reads at the queue depth of the load. QEMU completes the reads in the order of their submission. */
    public List<Read> readFor(int millis, Fio load) throws IOException {
        String read = "{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":"
                + "\"qemu-io vm1 \\\"aio_read 0 %d\\\"\"}}".formatted(load.blockBytes());
        long begin = clock.nanoTime();
        Queue<Long> submittedAt = new ArrayDeque<>();
        for (int i = 0; i < load.depth(); i++) {
            submittedAt.add(clock.nanoTime());
            command(read);
        }
        List<Read> reads = new ArrayList<>();
        try (var lines = qemu.inputReader()) {
            int at = 0;
            while (at < millis) {
                String line = lines.readLine();
                if (line == null) {
                    throw new IOException(PROGRAM + " has ended");
                }
                long now = clock.nanoTime();
                at = (int) TimeUnit.NANOSECONDS.toMillis(now - begin);
                if (line.startsWith("read ")) {
                    reads.add(new Read(at, now - submittedAt.remove()));
                    submittedAt.add(now);
                    command(read);
                }
            }
        }
        return reads;
    }

    @Override
    public void close() throws IOException {
        qemu.destroyForcibly().onExit().join();
        monitor.close();
    }
}
