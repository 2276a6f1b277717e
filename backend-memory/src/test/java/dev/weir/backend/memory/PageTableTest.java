package dev.weir.backend.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** The table compared with a sorted map, for drives of one page up to 2^47 pages. */
class PageTableTest {
    private final PagePool pool = new PagePool(0);

    @Property(tries = 400)
    void behavesLikeASortedMap(@ForAll("numbers") List<Long> numbers, @ForAll @IntRange(max = 46) int lastBit) {
        long last = (1L << lastBit) | (numbers.get(0) & ((1L << lastBit) - 1));
        PageTable table = new PageTable(last);
        TreeMap<Long, Page> model = new TreeMap<>();
        for (long n : numbers) {
            long number = n % (last + 1);
            Page there = model.get(number);
            assertSame(there, table.find(number));
            if (there == null) {
                Page page = new Page(ByteBuffer.allocate(0), pool, new DetachedPages());
                model.put(number, page);
                assertSame(page, table.putIfAbsent(number, page));
                assertSame(
                        page, table.putIfAbsent(number, new Page(ByteBuffer.allocate(0), pool, new DetachedPages())));
            } else {
                model.remove(number);
                table.remove(number);
                assertNull(table.find(number));
            }
            long from = Math.min(number, numbers.get(0) % (last + 1));
            assertEquals(model.subMap(from, true, number, true), visited(table, from, number));
        }
        assertEquals(model, visited(table, 0, last));
        List.copyOf(model.keySet()).forEach(table::remove);
        assertEquals(Map.of(), visited(table, 0, last));
    }

    /** Page numbers with repetitions and neighbours. */
    @Provide
    Arbitrary<List<Long>> numbers() {
        Arbitrary<Long> any = Arbitraries.longs().between(0, (1L << 47) - 1);
        Arbitrary<Long> near = Arbitraries.longs().between(0, 200);
        Arbitrary<Long> few = Arbitraries.of(0L, 63L, 64L, 4095L, 4096L, 1L << 30, (1L << 46) + 1);
        return Arbitraries.oneOf(any, near, few).list().ofMinSize(1).ofMaxSize(60);
    }

    private static Map<Long, Page> visited(PageTable table, long first, long last) {
        Map<Long, Page> pages = new TreeMap<>();
        table.forEach(first, last, (number, page) -> {
            pages.put(number, page);
            return true;
        });
        return pages;
    }
}
