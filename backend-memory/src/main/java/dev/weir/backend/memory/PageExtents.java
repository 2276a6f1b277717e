package dev.weir.backend.memory;

import dev.weir.block.ExtentVisitor;

/** Reports runs of allocated pages as data and runs of unallocated pages as holes. */
final class PageExtents implements PageTable.Visitor {
    private final ExtentVisitor visitor;
    private final long end;

    /** End of the reported range, in bytes. */
    private long told;

    /** End of the data found but not reported yet, in bytes; it starts at {@link #told}. */
    private long dataEnd;

    /** Creates a visitor for the bytes from {@code offset} to {@code end}. */
    PageExtents(long offset, long end, ExtentVisitor visitor) {
        this.visitor = visitor;
        this.end = end;
        told = offset;
        dataEnd = offset;
    }

    @Override
    public boolean visit(long number, Page page) {
        long start = Math.max(told, number << Page.SHIFT);
        if (start > dataEnd && !tellUpTo(start)) {
            return false;
        }
        dataEnd = Math.min(end, (number + 1) << Page.SHIFT);
        return true;
    }

    /** Reports the rest after the last page. */
    void end() {
        tellUpTo(end);
    }

    private boolean tellUpTo(long holeEnd) {
        boolean goOn = dataEnd == told || visitor.extent(dataEnd - told, false);
        goOn = goOn && (holeEnd == dataEnd || visitor.extent(holeEnd - dataEnd, true));
        told = holeEnd;
        dataEnd = holeEnd;
        return goOn;
    }
}
