package dev.weir.bench;

import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A drive of a QEMU without a guest, with QEMU's own throttling. Its requests come through the monitor, as QEMU's tests
 * do it; the drive is the same as a guest's. (Its storage daemon takes a throttle filter and does not throttle by it.)
 */
final class QemuDrive implements AutoCloseable {
    static final String PROGRAM = "qemu-system-x86_64";

    private static final long START_MILLIS = 10_000;

    private final Process qemu;
    private final SocketChannel monitor;

    private QemuDrive(Process qemu, SocketChannel monitor) {
        this.qemu = qemu;
        this.monitor = monitor;
    }

    /**
     * Starts one that has nothing behind it.
     *
     * @param limit as QEMU has it, for example {@code bps-total=1048576}
     */
    static QemuDrive start(Run run, long driveBytes, String limit) throws IOException, InterruptedException {
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

    /** Reads the answers, which say nothing that is of use. */
    private void drain() {
        ByteBuffer answers = ByteBuffer.allocate(1 << 16);
        try {
            while (monitor.read(answers.clear()) >= 0) {
                // goes on until QEMU ends
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

    /** Reads with as many requests outstanding as the load has, and returns when each was completed. */
    int[] readFor(int millis, Fio load) throws IOException {
        String read = "{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":"
                + "\"qemu-io vm1 \\\"aio_read 0 %d\\\"\"}}".formatted(load.blockBytes());
        for (int i = 0; i < load.depth(); i++) {
            command(read);
        }
        long begin = System.currentTimeMillis();
        List<Integer> completedAt = new ArrayList<>();
        try (var lines = qemu.inputReader()) {
            int at = 0;
            while (at < millis) {
                String line = lines.readLine();
                if (line == null) {
                    throw new IOException(PROGRAM + " has ended");
                }
                at = (int) (System.currentTimeMillis() - begin);
                if (line.startsWith("read ")) {
                    completedAt.add(at);
                    command(read);
                }
            }
        }
        return completedAt.stream().mapToInt(at -> at).toArray();
    }

    @Override
    public void close() throws IOException {
        qemu.destroyForcibly().onExit().join();
        monitor.close();
    }
}
