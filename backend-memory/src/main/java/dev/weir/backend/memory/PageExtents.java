package dev.weir.backend.memory;

import dev.weir.block.ExtentVisitor;

/** Makes extents of pages: one for each run of pages that are there, one for each run of those that are not. */
final class PageExtents implements PageTable.Visitor {
    private final ExtentVisitor visitor;
    private final long end;

    /** All before this has been told, in bytes. */
    private long told;

    /** From what was told to here there is data, in bytes. */
    private long dataEnd;

    /** For what lies from {@code offset} to {@code end}, in bytes. */
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

    /** Tells what is left after the last page. */
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
