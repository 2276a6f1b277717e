package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class InTurnTest {
    private final Queue<Runnable> started = new ArrayDeque<>();
    private final List<Integer> done = new ArrayList<>();

    @Test
    void oneThreadDoesAllThatComesWhileItIsAtIt() {
        InTurn inTurn = new InTurn(started::add);
        inTurn.execute(() -> {
            done.add(1);
            inTurn.execute(() -> done.add(3));
        });
        inTurn.execute(() -> done.add(2));
        assertEquals(1, started.size());

        started.remove().run();
        assertEquals(List.of(1, 2, 3), done);
        assertEquals(0, started.size());

        inTurn.execute(() -> done.add(4));
        started.remove().run();
        assertEquals(List.of(1, 2, 3, 4), done);
    }

    @Test
    void withoutAThreadItIsDoneAllTheSame() {
        InTurn inTurn = new InTurn(task -> {
            throw new OutOfMemoryError("unable to create native thread");
        });
        inTurn.execute(() -> done.add(1));
        inTurn.execute(() -> done.add(2));
        assertEquals(List.of(1, 2), done);
    }
}
