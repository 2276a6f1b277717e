package dev.weir.shell.gogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests a session without a terminal. */
final class GogoSessionTest {
    private final TestGogo gogo = new TestGogo();
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final PrintStream screen = new PrintStream(shown, true, StandardCharsets.UTF_8);
    private final GogoSession session =
            new GogoSession(gogo.processor(), InputStream.nullInputStream(), screen, screen);

    @AfterEach
    void close() {
        session.close();
        gogo.close();
    }

    @Test
    void interruptBeforeALineBeginsEndsIt() {
        assertFalse(session.interrupt(), "no line is being executed, so the thread is interrupted");
        Thread.currentThread().interrupt();
        assertEquals(1, session.execute("hang"));
        assertEquals("weir: interrupted\n", shown.toString(StandardCharsets.UTF_8));
        assertFalse(Thread.interrupted());
    }

    @RepeatedTest(20)
    void immediatelyInterruptedJobEnds() throws Exception {
        CompletableFuture<Integer> status = CompletableFuture.supplyAsync(() -> session.execute("hang"));
        while (session.session().foregroundJob() == null) {
            Thread.onSpinWait();
        }
        session.interrupt();
        assertEquals(1, status.get(10, TimeUnit.SECONDS));
        assertEquals("weir: interrupted\n", shown.toString(StandardCharsets.UTF_8));
        assertEquals(0, session.execute("drives"), "and the session goes on");
    }

    /** A line may need long for its first job on a machine that does much else. */
    @Test
    void lineWithoutAJobIsInterrupted() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        CompletableFuture<Integer> status = CompletableFuture.supplyAsync(() -> session.execute(new CharSequence() {
            @Override
            public int length() {
                return toString().length();
            }

            @Override
            public char charAt(int index) {
                return toString().charAt(index);
            }

            @Override
            public CharSequence subSequence(int start, int end) {
                return toString().subSequence(start, end);
            }

            @Override
            public String toString() {
                begun.countDown();
                interrupted.join();
                return "hang";
            }
        }));
        begun.await();
        interrupted.complete(session.interrupt());
        assertTrue(interrupted.join());
        assertEquals(1, status.get(10, TimeUnit.SECONDS));
        assertEquals("weir: interrupted\n", shown.toString(StandardCharsets.UTF_8));
    }

    @Test
    void redirectionReadsNoImage(@TempDir Path folder) throws IOException {
        Path image = folder.resolve("vm1.img");
        try (RandomAccessFile made = new RandomAccessFile(image.toFile(), "rw")) {
            made.setLength(ShellFiles.MOST_BYTES + 1);
        }
        session.startIn(folder.toString());
        for (String line : List.of("cat < vm1.img", "< vm1.img", "{ cat } < vm1.img", "cat < vm1.img | wc")) {
            shown.reset();
            assertEquals(1, session.execute(line), line);
            String reason = "vm1.img: has 16777217 bytes: must have 16777216 at most";
            assertTrue(shown.toString(StandardCharsets.UTF_8).contains(reason), shown::toString);
        }
        Files.writeString(folder.resolve("short"), "some text\n");
        shown.reset();
        assertEquals(0, session.execute("< short > copy"), shown::toString);
        assertEquals("some text\n", Files.readString(folder.resolve("copy")));
    }

    @Test
    void redirectionOpensNoPipe(@TempDir Path folder) throws Exception {
        Path pipe = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        session.startIn(folder.toString());
        for (String line : List.of("cat < pipe", "drives > pipe")) {
            shown.reset();
            assertEquals(1, session.execute(line), line);
            assertTrue(shown.toString(StandardCharsets.UTF_8).contains("pipe: must be a file"), shown::toString);
        }
    }
}
