package dev.weir.shell.gogo;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.shell.command.ChangeCommands;
import dev.weir.shell.command.DriveCommands;
import dev.weir.shell.command.ExitCommand;
import dev.weir.shell.command.HelpCommand;
import dev.weir.shell.command.Services;
import dev.weir.shell.command.TestDrive;
import dev.weir.shell.command.TestServices;
import dev.weir.shell.command.ViewConverter;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.felix.gogo.jline.Builtin;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.CommandSessionImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.felix.service.command.Process;

/** A real Gogo with Weir's commands, a busy drive {@code vm1} and an idle drive {@code scratch}. */
public final class TestGogo implements AutoCloseable {
    private static final long SECONDS = 30;

    private final Services services = TestServices.of(TestDrive.busy("vm1"), TestDrive.idle("scratch"));
    private final CommandProcessorImpl processor;
    private final ThreadIOImpl streams = new ThreadIOImpl();
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);

    /** Starts Gogo. */
    public TestGogo() {
        streams.start();
        processor = new CommandProcessorImpl(streams);
        DriveCommands drives = new DriveCommands(services);
        for (String name : new String[] {"drives", "drive", "queue", "timers"}) {
            processor.addCommand("weir", drives, name);
        }
        processor.addCommand("weir", new ChangeCommands(services), "limits");
        processor.addCommand("weir", new HelpCommand(), "help");
        processor.addCommand("weir", new ExitCommand(), "exit");
        processor.addCommand("gogo", new PosixCommands(processor), "grep");
        for (String name : new String[] {"cat", "less", "clear", "head", "tail"}) {
            processor.addCommand("gogo", new PosixCommands(processor), name);
        }
        processor.addCommand("gogo", new Builtin(), "history");
        processor.addCommand("test", this, "hang");
        processor.addCommand("test", this, "chatter");
        processor.addConverter(new ViewConverter());
    }

    /** Returns Gogo's processor. */
    public CommandProcessorImpl processor() {
        return processor;
    }

    /** Returns the services of the commands. */
    public Services services() {
        return services;
    }

    /** A command that ends only on an interrupt. */
    public void hang() throws InterruptedException {
        started.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
    }

    /** A command that writes until it is interrupted. */
    public void chatter() {
        started.countDown();
        while (!Thread.currentThread().isInterrupted()) {
            Process.Utils.current().out().println("and on");
        }
    }

    /** Waits until the command hangs. */
    public void awaitHanging() throws InterruptedException {
        assertTrue(started.await(SECONDS, TimeUnit.SECONDS));
    }

    /** Waits until the hanging command was interrupted. */
    public void awaitInterrupted() throws InterruptedException {
        assertTrue(interrupted.await(SECONDS, TimeUnit.SECONDS));
    }

    @Override
    public void close() {
        processor.stop();
        awaitQuiet();
        streams.stop();
    }

    /** Waits until no thread executes a command. The last step of a command resets the streams of this Gogo. */
    private static void awaitQuiet() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (Thread.getAllStackTraces().values().stream().anyMatch(TestGogo::isInGogo)) {
            assertTrue(System.nanoTime() < deadline, "a command goes on");
            Thread.onSpinWait();
        }
    }

    private static boolean isInGogo(StackTraceElement[] stack) {
        return Arrays.stream(stack)
                .anyMatch(frame -> frame.getClassName().startsWith(CommandSessionImpl.class.getName()));
    }
}
