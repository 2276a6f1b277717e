package dev.weir.shell.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.shell.remote.TestClient.Answer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the channel alone, with requests that the test defines. */
@Timeout(60)
final class ShellServerTest {
    private static final String HELLO = "protocol=1\nversion=9";

    private static final String MUCH = "0123456789abcdef".repeat(100_000);

    private final Path socket;
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final BlockingQueue<FutureTask<Void>> timeouts = new LinkedBlockingQueue<>();
    private final AtomicInteger timesLost = new AtomicInteger();
    private final CountDownLatch sessionOver = new CountDownLatch(1);
    private final BlockingQueue<Future<Boolean>> updated = new LinkedBlockingQueue<>();
    private final CyclicBarrier meeting = new CyclicBarrier(8);
    private ShellServer server;

    ShellServerTest(@TempDir Path home) throws IOException {
        socket = home.resolve("run/shell.sock");
        server = open(socket, 16);
    }

    private ShellServer open(Path path, int maxClients) throws IOException {
        return ShellServer.open(path, HELLO, this::parse, maxClients, this::whenOver);
    }

    private void reopen(int maxClients) throws IOException {
        server.close();
        server = open(socket, maxClients);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    /** The server's client timeout, which expires when the test says so. */
    private Future<?> whenOver(Runnable task) {
        FutureTask<Void> limit = new FutureTask<>(
                () -> {
                    task.run();
                    timesLost.incrementAndGet();
                },
                null);
        timeouts.add(limit);
        return limit;
    }

    /** Expires the timeout of one client, now or when it starts. */
    private void expireTimeout() throws InterruptedException {
        int before = timesLost.get();
        while (timesLost.get() == before) {
            timeouts.take().run();
        }
    }

    private Request parse(Frame frame) throws ChannelFault {
        return switch (frame.text()) {
            case "greet" -> this::greet;
            case "hang" -> this::hang;
            case "flood" -> this::flood;
            case "meet" -> this::meet;
            case "update" -> this::update;
            case "break" ->
                (client, out, err) -> {
                    throw new IllegalStateException("it broke");
                };
            case "much" ->
                (client, out, err) -> {
                    byte[] bytes = MUCH.getBytes(StandardCharsets.US_ASCII);
                    out.write(bytes, 0, bytes.length);
                    return 0;
                };
            default -> throw new ChannelFault("no request \"" + frame.text() + "\"");
        };
    }

    private int greet(Map<String, String> client, PrintStream out, PrintStream err) {
        out.println("grüß " + client.get("name"));
        err.println("oh");
        return 7;
    }

    private int hang(Map<String, String> client, PrintStream out, PrintStream err) {
        started.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.countDown();
        }
        return 0;
    }

    private int flood(Map<String, String> client, PrintStream out, PrintStream err) {
        started.countDown();
        while (!Thread.currentThread().isInterrupted()) {
            out.println("x".repeat(10_000));
        }
        interrupted.countDown();
        return 0;
    }

    /** Imitates Gogo: the command runs on its own thread, which is interrupted with the session, repeatedly. */
    private int update(Map<String, String> client, PrintStream out, PrintStream err) {
        FutureTask<Boolean> command = new FutureTask<>(() -> {
            server.close();
            sessionOver.await();
            return true;
        });
        Thread thread = new Thread(command);
        thread.start();
        updated.add(command);
        try {
            command.get();
        } catch (InterruptedException | ExecutionException e) {
            thread.interrupt();
        }
        // long enough to detect a server that closes without waiting for its sessions
        CompletableFuture.runAsync(thread::interrupt, CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS))
                .join();
        sessionOver.countDown();
        return 1;
    }

    private int meet(Map<String, String> client, PrintStream out, PrintStream err) {
        try {
            meeting.await(30, TimeUnit.SECONDS);
            out.print(client.get("name"));
            return 0;
        } catch (Exception e) {
            return 1;
        }
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertTrue(latch.await(30, TimeUnit.SECONDS));
    }

    @Test
    void requestIsAnswered() throws IOException {
        assertEquals(
                new Answer(HELLO, "grüß Weir\n", "oh\n", 7),
                TestClient.ask(socket, 'X', "greet", "name=Weir\nnew\n=\n"));
    }

    @Test
    void longAnswerIsComplete() throws IOException {
        assertEquals(MUCH, TestClient.ask(socket, 'X', "much").out());
    }

    @Test
    void deadClientInterruptsItsRequest() throws Exception {
        TestClient client = new TestClient(socket);
        client.send('H', "protocol=1");
        client.send('X', "hang");
        await(started);
        client.close();
        await(interrupted);
        assertEquals(7, TestClient.ask(socket, 'X', "greet").status());
    }

    @Test
    void stalledClientInterruptsItsRequest() throws Exception {
        try (TestClient client = new TestClient(socket)) {
            client.send('H', "protocol=1");
            client.send('X', "flood");
            await(started);
            expireTimeout();
            await(interrupted);
            client.awaitEnd();
        }
    }

    @Test
    void silentClientIsDisconnected() throws Exception {
        try (TestClient client = new TestClient(socket)) {
            expireTimeout();
            client.awaitEnd();
        }
    }

    @Test
    void partialRequestTimesOut() throws Exception {
        try (TestClient client = new TestClient(socket)) {
            client.send('H', "protocol=1");
            client.send('X', 100, new byte[10]);
            expireTimeout();
            client.awaitEnd();
        }
    }

    @Test
    void timeoutIsOnTime() throws Exception {
        server.close();
        server = ShellServer.open(socket, HELLO, this::parse, 1, ClientTimeout.of(Duration.ofMillis(1), Thread::new));
        try (TestClient client = new TestClient(socket)) {
            client.awaitEnd();
        }
    }

    @Test
    void requestsHaveNoTimeLimit() throws Exception {
        try (TestClient client = new TestClient(socket)) {
            client.send('H', "protocol=1");
            client.send('X', "hang");
            await(started);
            assertTrue(timeouts.stream().allMatch(FutureTask::isCancelled));
        }
    }

    @Test
    void clientsAreServedConcurrently() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String hello = "name=" + i;
                answers.add(threads.submit(() -> TestClient.ask(socket, 'X', "meet", hello)));
            }
            for (int i = 0; i < 8; i++) {
                assertEquals(
                        new Answer(HELLO, Integer.toString(i), "", 0),
                        answers.get(i).get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void excessClientsAreRefused() throws Exception {
        reopen(1);
        try (TestClient client = new TestClient(socket)) {
            client.send('H', "protocol=1");
            client.send('X', "hang");
            await(started);
            assertEquals(
                    new Answer(HELLO, "", "weir: 1 clients are connected, which is the maximum; retry later\n", 1),
                    TestClient.ask(socket, 'X', "greet"));
        }
        // the server frees the slot once it has noticed the disconnect
        Answer answer;
        do {
            answer = TestClient.ask(socket, 'X', "greet");
        } while (answer.status() == 1);
        assertEquals(7, answer.status());
    }

    @ParameterizedTest
    @ValueSource(ints = {65_537, Integer.MAX_VALUE, -1})
    void aFrameThatIsTooLongIsRefused(int length) throws IOException {
        try (TestClient client = new TestClient(socket)) {
            client.send('H', "protocol=1");
            client.send('X', length, new byte[0]);
            String line = "weir: a frame of %d bytes is too long; at most 65536 are allowed\n"
                    .formatted(Integer.toUnsignedLong(length));
            assertEquals(new Answer(HELLO, "", line, 1), client.answer());
        }
    }

    @Test
    void oversizedFrameEndsTheRequest() throws Exception {
        try (TestClient client = new TestClient(socket)) {
            client.send('H', "protocol=1");
            client.send('X', "hang");
            await(started);
            client.send('I', 1 << 20, new byte[0]);
            assertEquals(
                    "weir: a frame of 1048576 bytes is too long; at most 65536 are allowed\n",
                    client.answer().err());
            await(interrupted);
        }
    }

    @Test
    void otherProtocolVersionIsRefused() throws IOException {
        try (TestClient client = new TestClient(socket)) {
            client.send('H', "protocol=2");
            assertEquals(
                    new Answer(HELLO, "", "weir: this Weir speaks version 1 of the shell protocol, the client 2\n", 1),
                    client.answer());
        }
        try (TestClient client = new TestClient(socket)) {
            client.send('X', "greet");
            assertEquals(
                    "weir: this Weir speaks version 1 of the shell protocol, the client another\n",
                    client.answer().err());
        }
    }

    @Test
    void unknownRequestIsRefused() throws IOException {
        assertEquals(new Answer(HELLO, "", "weir: no request \"dance\"\n", 1), TestClient.ask(socket, 'X', "dance"));
    }

    @Test
    void failingRequestIsAnswered() throws IOException {
        assertEquals(
                new Answer(HELLO, "", "weir: java.lang.IllegalStateException: it broke\n", 1),
                TestClient.ask(socket, 'X', "break"));
    }

    @Test
    void closeInterruptsAndDisconnects() throws Exception {
        try (TestClient client = new TestClient(socket)) {
            client.send('H', "protocol=1");
            client.send('X', "hang");
            await(started);
            server.close();
            assertEquals(0, interrupted.getCount());
            client.awaitEnd();
        }
    }

    @Test
    void commandMayCloseItsServer() throws Exception {
        try (TestClient client = new TestClient(socket)) {
            client.send('H', "protocol=1");
            client.send('X', "update");
            assertTrue(updated.take().get(30, TimeUnit.SECONDS));
        }
    }
}
