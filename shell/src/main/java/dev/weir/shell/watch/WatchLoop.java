package dev.weir.shell.watch;

import dev.weir.clock.Clock;
import java.io.IOException;
import java.util.List;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.InfoCmp.Capability;

/** Runs the live view on a terminal until the user leaves it. Without a terminal it draws one frame. */
public final class WatchLoop {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final WatchView view;
    private final Clock clock;

    /** Creates a loop for the view of a source. */
    public WatchLoop(WatchSource source, Clock clock) {
        this.view = new WatchView(source);
        this.clock = clock;
    }

    /**
     * Returns one frame as text. Blocks for one refresh interval because rates need two snapshots.
     *
     * @throws InterruptedException if the wait is interrupted
     */
    public String frame(int columns) throws InterruptedException {
        lookTwice();
        return view.frame(columns);
    }

    private void lookTwice() throws InterruptedException {
        view.look(clock.nanoTime());
        Thread.sleep(view.intervalNanos() / NANOS_PER_MILLI);
        view.look(clock.nanoTime());
    }

    /**
     * Returns the drives of one frame as records for programs. Blocks as long as {@link #frame}.
     *
     * @throws InterruptedException if the wait is interrupted
     */
    public List<LiveDrive> drives() throws InterruptedException {
        lookTwice();
        return view.live();
    }

    /** Uses the whole terminal until the user leaves, then restores it. Also ends when the thread is interrupted. */
    public void run(Terminal terminal) throws IOException {
        Attributes before = terminal.enterRawMode();
        try {
            terminal.puts(Capability.enter_ca_mode);
            terminal.puts(Capability.cursor_invisible);
            loop(terminal);
        } finally {
            terminal.setAttributes(before);
            terminal.puts(Capability.cursor_normal);
            terminal.puts(Capability.exit_ca_mode);
            terminal.flush();
        }
    }

    private void loop(Terminal terminal) throws IOException {
        Painter painter = new Painter(terminal);
        long next = clock.nanoTime();
        while (!view.isLeft() && !Thread.currentThread().isInterrupted()) {
            long now = clock.nanoTime();
            if (now - next >= 0) {
                view.look(now);
                next = now + view.intervalNanos();
            }
            Size size = painter.size();
            // leaves the last column empty because terminals differ in wrapping after it
            painter.paint(view.screen(Math.max(1, size.getColumns() - 1), size.getRows()));
            view.press(Key.read(terminal.reader(), Math.max(1, (next - clock.nanoTime()) / NANOS_PER_MILLI)));
        }
    }
}
