package dev.weir.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class BoundedCallsTest {
    private static final long MILLIS = 40;
    private static final long LONG_MILLIS = 10_000;

    private final Object service = new Object();
    private final CountDownLatch called = new CountDownLatch(1);

    private static String refusal(Object service, long millis, BoundedCalls.Answer<Object, RuntimeException> call) {
        return String.valueOf(assertThrows(IllegalStateException.class, () -> BoundedCalls.call(service, millis, call))
                .getMessage());
    }

    @Test
    void anAnswerComesFromAnotherThread() {
        assertNotSame(Thread.currentThread(), BoundedCalls.call(service, LONG_MILLIS, Thread::currentThread));
    }

    @Test
    void anExceptionReachesTheCallerUnwrapped() {
        assertThrows(
                IOException.class,
                () -> BoundedCalls.call(service, LONG_MILLIS, () -> {
                    throw new IOException("disk");
                }));
        assertThrows(
                OutOfMemoryError.class,
                () -> BoundedCalls.call(service, LONG_MILLIS, () -> {
                    throw new OutOfMemoryError("memory");
                }));
    }

    @Test
    void aServiceThatIgnoresInterruptsIsNotAskedAgainUntilItReturns() throws InterruptedException {
        AtomicBoolean goesOn = new AtomicBoolean(true);
        CountDownLatch interrupted = new CountDownLatch(1);
        assertEquals("it has not answered within 40 ms", refusal(service, MILLIS, () -> {
            while (goesOn.get()) {
                if (Thread.interrupted()) {
                    interrupted.countDown();
                }
            }
            return "";
        }));
        interrupted.await();

        assertEquals("an earlier call has not returned", refusal(service, LONG_MILLIS, Object::new));
        assertEquals("other", BoundedCalls.call(new Object(), LONG_MILLIS, () -> "other"));

        goesOn.set(false);
        while (!isAsked()) {
            Thread.onSpinWait();
        }
    }

    private boolean isAsked() {
        try {
            return BoundedCalls.call(service, LONG_MILLIS, () -> true);
        } catch (IllegalStateException e) {
            return false;
        }
    }

    @Test
    void theInterruptOfACallerIsKeptAndTheAnswerAwaited() {
        Thread.currentThread().interrupt();
        assertEquals("answer", BoundedCalls.call(service, LONG_MILLIS, () -> {
            called.countDown();
            return "answer";
        }));
        assertTrue(Thread.interrupted());
        assertEquals(0, called.getCount());
    }
}
