package dev.weir.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.shell.load.BenchView;
import dev.weir.shell.syntax.CommandFault;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.felix.service.command.CommandSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs loads on a drive that counts its requests. */
@Timeout(60)
final class BenchCommandTest {
    private static final long SIZE = 1 << 20;

    private final Services services = TestServices.of(TestDrive.busy("vm1"), TestDrive.idle("scratch"));
    private final BenchCommand bench = new BenchCommand(services, new TestClock(1));
    private final CommandProcessorImpl gogo = new CommandProcessorImpl(new ThreadIOImpl());
    private final CommandSession session = gogo.createSession(
            InputStream.nullInputStream(), OutputStream.nullOutputStream(), OutputStream.nullOutputStream());
    private final Counting vm1 = new Counting("vm1");

    BenchCommandTest() {
        services.addOpenDrive(vm1);
    }

    @AfterEach
    void close() {
        session.close();
        gogo.stop();
    }

    /** A drive that completes requests at once, fails them or never completes them. */
    private static final class Counting implements Drive {
        private final String name;
        private final LongAdder reads = new LongAdder();
        private final LongAdder writes = new LongAdder();
        private final Queue<BlockRequest> kept = new ConcurrentLinkedQueue<>();
        private volatile @Nullable BlockError error;
        private volatile boolean keeps;

        Counting(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public long size() {
            return SIZE;
        }

        @Override
        public boolean readOnly() {
            return false;
        }

        @Override
        public void submit(BlockRequest request) {
            assertTrue(request.offset() >= 0 && request.offset() + request.length() <= SIZE, "within the drive");
            assertEquals(request.length(), request.buffer().remaining());
            (request.operation() == Operation.READ ? reads : writes).increment();
            if (keeps) {
                kept.add(request);
            } else {
                request.complete(error);
            }
        }

        @Override
        public void cancel(Object client) {
            for (BlockRequest request = kept.poll(); request != null; request = kept.poll()) {
                assertEquals(client, request.client());
                request.complete(BlockError.ESHUTDOWN);
            }
        }
    }

    private BenchView run(String... words) {
        return (BenchView) Objects.requireNonNull(bench.bench(session, words));
    }

    private void refuses(String message, String... words) {
        assertEquals(
                message,
                assertThrows(CommandFault.class, () -> bench.bench(session, words))
                        .getMessage());
        assertEquals(0, vm1.reads.sum() + vm1.writes.sum());
    }

    @Test
    void readRateIsComparedWithTheLimits() {
        BenchView done = run("vm1", "--seconds", "2", "--bs=8k", "--iodepth=3");
        assertEquals(0, vm1.writes.sum());
        assertTrue(done.reads() > 0 && done.reads() < vm1.reads.sum(), "those of the warm-up are not counted");
        assertEquals(done.reads() * 8192, done.readBytes());
        assertEquals(done.readBytes() / 2.0, done.bytesPerSecond(), 1);
        assertEquals(
                List.of("bps", "iops", "tenant-a: iops"),
                List.copyOf(done.allowedPerSecond().keySet()));
        assertEquals(done.reads(), done.latency().measured());
        // each reading advances this clock by a millisecond
        assertTrue(done.latency().p50Nanos() >= 1_000_000, done::toString);
        assertTrue(done.text(80).contains("bps 10MiB/s, of which "), () -> done.text(80));
    }

    @Test
    void writesNeedConsent() {
        refuses(
                "this overwrites drive vm1 (1 MiB) and destroys its data; 2 clients use it now; "
                        + "use --force to write without confirmation",
                "vm1",
                "--rw=randrw");
        BenchView mixed = run("vm1", "--rw=randrw", "--force", "--seconds=1");
        assertTrue(mixed.reads() > 0 && mixed.writes() > 0, mixed::toString);
        long before = vm1.reads.sum();
        run("vm1", "--rw=write", "--force", "--seconds=1");
        assertEquals(before, vm1.reads.sum());
    }

    @Test
    void queuedLoadIsCancelledAtTheEnd() {
        vm1.keeps = true;
        // the time is over once all requests wait
        BenchCommand soonOver =
                new BenchCommand(services, new TestClock(() -> vm1.kept.size() < 16 ? 0 : TimeUnit.HOURS.toNanos(1)));
        assertEquals(0, ((BenchView) Objects.requireNonNull(soonOver.bench(session, "vm1"))).reads());
        assertEquals(16, vm1.reads.sum());
        assertTrue(vm1.kept.isEmpty());
    }

    @Test
    void failingDriveEndsTheBench() {
        vm1.error = BlockError.EIO;
        String message = assertThrows(CommandFault.class, () -> bench.bench(session, "vm1"))
                .getMessage();
        assertTrue(String.valueOf(message).matches("drive vm1: a read of 4096 bytes at \\d+ failed: EIO"), message);
    }

    @Test
    void invalidOptionsAreRefused() {
        refuses("no pattern \"mix\"; there are read, write, randread, randwrite, randrw", "vm1", "--rw=mix");
        String usage = "; usage: bench NAME [--rw=PATTERN] [--bs=SIZE] [--iodepth=N] [--seconds=N] [--force] [--json]";
        refuses("bench: --bs must be from 1 byte to 32 MiB" + usage, "vm1", "--bs=33M");
        refuses("bench: --iodepth = 0: must be a number from 1 to 1024" + usage, "vm1", "--iodepth=0");
        refuses("bench: --seconds = x: must be a number from 1 to 3600" + usage, "vm1", "--seconds=x");
        refuses("drive vm1 is smaller than a request of 2 MiB; use a smaller --bs", "vm1", "--bs=2M");
        refuses("drive scratch is unavailable: ", "scratch");
    }
}
