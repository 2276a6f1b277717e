package dev.weir.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.control.RawHttp.Reply;
import dev.weir.control.access.Sessions;
import dev.weir.control.access.Tokens;
import dev.weir.control.event.EventStreams;
import dev.weir.control.route.ApiAnswer;
import dev.weir.control.route.Route;
import dev.weir.control.route.Route.Answer;
import dev.weir.control.route.Router;
import dev.weir.control.server.HttpServer;
import dev.weir.control.server.ServerSettings;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Operations that block threads of the server. */
@Timeout(30)
final class SlowOperationsTest {
    /** More than the server has threads. */
    private static final int MANY = 40;

    private final EngineFixture weir;
    private final EventStreams events;
    private final HttpServer server;
    private final SocketAddress socket;
    private final Semaphore begun = new Semaphore(0);
    private final CountDownLatch end = new CountDownLatch(1);

    SlowOperationsTest(@TempDir Path folder) throws IOException {
        weir = new EngineFixture(folder);
        events = new EventStreams(weir.services());
        Path path = folder.resolve("api.sock");
        socket = UnixDomainSocketAddress.of(path);
        Answer answer = Answer.none("no content");
        Route slow = new Route("GET", "/slow", "slow", "Waits.", answer, (request, parameters) -> {
            begun.release();
            await();
            return ApiAnswer.none();
        });
        Route quick = new Route("GET", "/quick/{name}", "quick", "Waits unless its name is a.", answer, slow.action())
                .with(parameters -> "a".equals(parameters.get("name")) ? ApiAnswer.none() : null);
        Route late = new Route("POST", "/late", "late", "Waits.", answer, slow.action());
        server = HttpServer.start(
                new ServerSettings(List.of("unix:" + path), "0600", "", Set.of(), null, null),
                new Router(List.of(slow, quick, late)),
                events,
                new Tokens(folder.resolve("tokens"), () -> 0),
                new Sessions(() -> 0),
                () -> 0);
    }

    private void await() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void finish() {
        try {
            server.finish();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void close() {
        end.countDown();
        server.close();
        events.close();
        weir.close();
    }

    private static void onNewThread(Runnable task) {
        new Thread(task).start();
    }

    private int get(String path) {
        try {
            return RawHttp.request(socket, "GET", path, "Host: a\r\n", "").status();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private CompletableFuture<Integer> begin(String path) {
        return CompletableFuture.supplyAsync(() -> get(path), SlowOperationsTest::onNewThread);
    }

    @Test
    void quickAnswersNeedNoFreeThread() throws Exception {
        List<CompletableFuture<Integer>> waiting = new ArrayList<>();
        try (SocketChannel quick = RawHttp.connect(socket)) {
            String request = "GET /quick/a HTTP/1.1\r\nHost: a\r\n";
            RawHttp.send(quick, request + "\r\n");
            assertTrue(quick.read(ByteBuffer.allocate(4096)) > 0);
            for (int i = 0; i < MANY; i++) {
                waiting.add(begin(i % 2 == 0 ? "/slow" : "/quick/b"));
            }
            begun.acquire(10);
            RawHttp.send(quick, request + "Connection: close\r\n\r\n");
            assertEquals(204, Reply.of(RawHttp.readAll(quick)).status());
        }
        end.countDown();
        for (CompletableFuture<Integer> each : waiting) {
            assertEquals(204, each.get());
        }
    }

    @Test
    void operationInProgressIsAnsweredBeforeTheEnd() throws Exception {
        CompletableFuture<Integer> slow = begin("/slow");
        begun.acquire();
        CompletableFuture<Void> finished = CompletableFuture.runAsync(this::finish, SlowOperationsTest::onNewThread);
        assertThrows(TimeoutException.class, () -> finished.get(100, TimeUnit.MILLISECONDS));
        end.countDown();
        assertEquals(204, slow.get());
        finished.get();
    }

    @Test
    void bodyThatArrivesLateBlocksNoSelector() throws Exception {
        try (SocketChannel late = RawHttp.connect(socket)) {
            RawHttp.send(
                    late,
                    "POST /late HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
                            + "Content-Type: application/json\r\n\r\n{");
            LockSupport.parkNanos(50_000_000); // lets the server read the first part
            RawHttp.send(late, "}");
            begun.acquire();
            assertEquals(204, get("/quick/a"));
        }
    }
}
