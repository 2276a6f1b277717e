package dev.weir.control.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.control.access.Caller;
import dev.weir.control.route.ApiAnswer;
import dev.weir.control.route.ApiRequest;
import dev.weir.control.route.Problem;
import dev.weir.control.route.Route.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Actions at the same time. */
@Timeout(30)
final class ActionsTest {
    private static final ApiRequest REQUEST = new ApiRequest("POST", "/", Map.of(), null, null, "", Caller.SOCKET);

    @Test
    void waitingActionsLeaveThreadsToOthers() throws Exception {
        CountDownLatch begun = new CountDownLatch(Actions.MOST_WAITING);
        CountDownLatch end = new CountDownLatch(1);
        Action action = Actions.waiting((request, path) -> {
            begun.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return ApiAnswer.none();
        });
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<ApiAnswer>> answers = new ArrayList<>();
            for (int i = 0; i < Actions.MOST_WAITING; i++) {
                answers.add(threads.submit(() -> action.answer(REQUEST, Map.of())));
            }
            begun.await();
            Problem refused = assertThrows(Problem.class, () -> action.answer(REQUEST, Map.of()));
            assertEquals(503, refused.status());
            end.countDown();
            for (Future<ApiAnswer> answer : answers) {
                assertEquals(204, answer.get().status());
            }
            assertEquals(204, action.answer(REQUEST, Map.of()).status());
        } finally {
            end.countDown();
            threads.shutdown();
        }
    }
}
