package dev.weir.engine.clock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

class TimerHeapTest {

    private static final class Alarm extends TimerHeap.Entry {}

    @Property
    void firstIsTheEarliestDue(@ForAll long seed, @ForAll long origin) {
        Random random = new Random(seed);
        TimerHeap<Alarm> heap = new TimerHeap<>();
        List<Alarm> all = new ArrayList<>();
        List<Alarm> in = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            all.add(new Alarm());
        }
        for (int step = 0; step < 300; step++) {
            Alarm alarm = all.get(random.nextInt(all.size()));
            in.remove(alarm);
            if (random.nextInt(3) > 0) {
                heap.put(alarm, origin + random.nextInt(1_000));
                in.add(alarm);
            } else {
                heap.remove(alarm);
            }
            Alarm first = heap.first();
            assertEquals(dueOf(earliest(in, origin), origin), dueOf(first, origin));
        }
    }

    @Property
    void pollsInOrder(@ForAll List<Integer> dues) {
        TimerHeap<Alarm> heap = new TimerHeap<>();
        dues.forEach(due -> heap.put(new Alarm(), due));
        List<Integer> taken = new ArrayList<>();
        for (Alarm first = heap.first(); first != null; first = heap.first()) {
            taken.add((int) first.due);
            heap.remove(first);
        }
        assertEquals(dues.stream().sorted().toList(), taken);
        assertNull(heap.first());
    }

    private static @Nullable Alarm earliest(List<Alarm> alarms, long origin) {
        return alarms.stream()
                .min(Comparator.comparingLong(alarm -> alarm.due - origin))
                .orElse(null);
    }

    private static long dueOf(@Nullable Alarm alarm, long origin) {
        return alarm == null ? -1 : alarm.due - origin;
    }
}
