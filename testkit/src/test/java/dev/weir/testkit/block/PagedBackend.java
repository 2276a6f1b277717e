package dev.weir.testkit.block;

import dev.weir.block.Borrower;
import dev.weir.block.ExtentVisitor;
import dev.weir.block.HintedBackend;
import dev.weir.block.Loan;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** The simplest backend with a selectable defect. */
final class PagedBackend implements HintedBackend {

    /** The defects. */
    enum Fault {
        SIZE_IS_ROUNDED,
        FRESH_IS_NOT_ZERO,
        READ_LEAVES_THE_POSITION,
        READ_GOES_BEYOND_THE_LIMIT,
        WRITE_LEAVES_THE_POSITION,
        WRITE_CLEARS_ITS_SOURCE,
        WRITE_NEEDS_AN_ARRAY,
        OFFSETS_ARE_INTS,
        LAST_BYTE_IS_NOT_WRITTEN,
        ZEROES_ARE_NOT_WRITTEN,
        ZEROES_THAT_MAY_UNMAP_TAKE_WHOLE_PAGES,
        TRIM_TAKES_WHOLE_PAGES,
        WRITES_OF_A_PAGE_RACE,
        INTERRUPTS_CLOSE_IT,
        EXTENTS_LEAVE_OUT_THE_LAST_BYTE,
        EXTENTS_GO_BEYOND_THE_RANGE,
        EXTENTS_GO_ON_UNASKED,
        EMPTY_EXTENTS,
        PAGES_THAT_BEGIN_WITH_A_ZERO_ARE_HOLES,
        NO_HOLES,
        LENDS_ANOTHER_RANGE,
        LENDS_TOO_LITTLE,
        LENDS_ITS_HEAP,
        WRITES_TO_WHAT_IS_LENT,
        RESIZE_KEEPS_THE_SIZE,
        SHRINK_KEEPS_THE_BYTES,
        GROWTH_LOSES_BYTES
    }

    private static final int PAGE = 4096;

    private volatile long size;
    private final Set<Fault> faults;
    private final Map<Long, byte[]> pages = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** The last loan. */
    private volatile ByteBuffer lent = ByteBuffer.allocate(1);

    PagedBackend(long size, Set<Fault> faults) {
        this.size = size;
        this.faults = EnumSet.noneOf(Fault.class);
        this.faults.addAll(faults);
    }

    private boolean has(Fault fault) {
        return faults.contains(fault);
    }

    private static void unless(boolean wrong, Runnable right) {
        if (!wrong) {
            right.run();
        }
    }

    @Override
    public long size() {
        return has(Fault.SIZE_IS_ROUNDED) ? (size + PAGE - 1) / PAGE * PAGE : size;
    }

    @Override
    public void resize(long newSize) {
        if (newSize < size && !has(Fault.SHRINK_KEEPS_THE_BYTES)) {
            clear(newSize, size - newSize, false);
        }
        if (newSize > size && has(Fault.GROWTH_LOSES_BYTES)) {
            pages.clear();
        }
        size = has(Fault.RESIZE_KEEPS_THE_SIZE) ? size : newSize;
    }

    @Override
    public boolean mayBlock() {
        return false;
    }

    @Override
    public void read(ByteBuffer destination, long offset) {
        checkOpen();
        int position = destination.position();
        synchronized (this) {
            int length;
            for (long at = offset; destination.hasRemaining(); at += length) {
                int from = (int) (at % PAGE);
                length = Math.min(PAGE - from, destination.remaining());
                destination.put(page(at), from, length);
            }
        }
        if (has(Fault.READ_GOES_BEYOND_THE_LIMIT)) {
            destination.duplicate().clear().put(destination.limit(), (byte) 0);
        }
        unless(!has(Fault.READ_LEAVES_THE_POSITION), () -> destination.position(position));
    }

    /** Lends a copy. Only its speed differs from that of the memory. */
    @Override
    public boolean lend(long offset, long length, Borrower borrower) {
        long shift = has(Fault.LENDS_ANOTHER_RANGE) && offset + length < size ? 1 : 0;
        ByteBuffer copy =
                has(Fault.LENDS_ITS_HEAP) ? ByteBuffer.allocate((int) length) : ByteBuffer.allocateDirect((int) length);
        read(copy, offset + shift);
        lent = copy.flip().limit((int) length - (has(Fault.LENDS_TOO_LITTLE) ? 1 : 0));
        borrower.borrow(new Loan() {
            @Override
            public ByteBuffer bytes() {
                return copy;
            }

            @Override
            public void giveBack() {}
        });
        return true;
    }

    private byte[] page(long at) {
        long number = (has(Fault.OFFSETS_ARE_INTS) ? (int) at & Integer.MAX_VALUE : at) / PAGE;
        return pages.computeIfAbsent(number, n -> {
            byte[] page = new byte[PAGE];
            page[0] = (byte) (has(Fault.FRESH_IS_NOT_ZERO) ? 1 : 0);
            return page;
        });
    }

    @Override
    public void write(ByteBuffer source, long offset) {
        checkOpen();
        if (has(Fault.WRITE_NEEDS_AN_ARRAY) && !source.hasArray()) {
            throw new UnsupportedOperationException("no array");
        }
        if (has(Fault.WRITES_TO_WHAT_IS_LENT)) {
            lent.put(0, source.get(source.position()));
        }
        ByteBuffer rest = has(Fault.WRITE_LEAVES_THE_POSITION) ? source.duplicate() : source;
        if (has(Fault.WRITES_OF_A_PAGE_RACE)) {
            writeWholePages(rest, offset);
        } else {
            writeBytes(rest, offset);
        }
        if (has(Fault.WRITE_CLEARS_ITS_SOURCE) && !source.isReadOnly()) {
            source.put(source.position() - 1, (byte) ~source.get(source.position() - 1));
        }
    }

    private synchronized void writeBytes(ByteBuffer source, long offset) {
        byte last = page(size - 1)[(int) ((size - 1) % PAGE)];
        int length;
        for (long at = offset; source.hasRemaining(); at += length) {
            int from = (int) (at % PAGE);
            length = Math.min(PAGE - from, source.remaining());
            source.get(page(at), from, length);
        }
        if (has(Fault.LAST_BYTE_IS_NOT_WRITTEN)) {
            page(size - 1)[(int) ((size - 1) % PAGE)] = last;
        }
    }

    private void writeWholePages(ByteBuffer source, long offset) {
        long at = offset;
        while (source.hasRemaining()) {
            byte[] changed = page(at).clone();
            int from = (int) (at % PAGE);
            int length = Math.min(PAGE - from, source.remaining());
            source.get(changed, from, length);
            LockSupport.parkNanos(1);
            pages.put(at / PAGE, changed);
            at += length;
        }
    }

    @Override
    public void writeZeroes(long offset, long length, boolean mayUnmap) {
        if (!has(Fault.ZEROES_ARE_NOT_WRITTEN)) {
            clear(offset, length, mayUnmap && has(Fault.ZEROES_THAT_MAY_UNMAP_TAKE_WHOLE_PAGES));
        }
    }

    @Override
    public void trim(long offset, long length) {
        clear(offset, length, has(Fault.TRIM_TAKES_WHOLE_PAGES));
    }

    private synchronized void clear(long offset, long length, boolean wholePages) {
        checkOpen();
        for (Map.Entry<Long, byte[]> page : pages.entrySet()) {
            long start = page.getKey() * PAGE;
            for (int i = 0; i < PAGE; i++) {
                boolean within = start + i >= offset && start + i < offset + length;
                boolean touched = wholePages && start + PAGE > offset && start < offset + length;
                if (within || touched) {
                    page.getValue()[i] = 0;
                }
            }
        }
    }

    @Override
    public synchronized void blockStatus(long offset, long length, ExtentVisitor visitor) {
        long end = offset + length - (has(Fault.EXTENTS_LEAVE_OUT_THE_LAST_BYTE) ? 1 : 0);
        boolean goOn = !has(Fault.EMPTY_EXTENTS) || visitor.extent(0, true);
        for (long at = offset; at < end && goOn; ) {
            long next = (at / PAGE + 1) * PAGE;
            long to = has(Fault.EXTENTS_GO_BEYOND_THE_RANGE) ? next : Math.min(end, next);
            goOn = visitor.extent(to - at, isHole(at)) || has(Fault.EXTENTS_GO_ON_UNASKED);
            at = to;
        }
    }

    private boolean isHole(long at) {
        byte[] page = pages.get(at / PAGE);
        if (page == null || has(Fault.NO_HOLES)) {
            return page == null && !has(Fault.NO_HOLES);
        }
        return has(Fault.PAGES_THAT_BEGIN_WITH_A_ZERO_ARE_HOLES) ? page[0] == 0 : Arrays.equals(page, new byte[PAGE]);
    }

    @Override
    public void flush() {
        checkOpen();
    }

    private void checkOpen() {
        closed |= has(Fault.INTERRUPTS_CLOSE_IT) && Thread.currentThread().isInterrupted();
        if (closed) {
            throw new IllegalStateException("closed");
        }
    }

    @Override
    public void close() {
        pages.clear();
    }
}
