package dev.weir.block;

import org.osgi.annotation.versioning.ConsumerType;

/** Takes the extents of a range one by one. Called by one thread at a time. */
@ConsumerType
@FunctionalInterface
public interface ExtentVisitor {

    /**
     * Takes the next extent. It begins at the end of the previous one. Two neighbours may be of the same kind. Calls
     * after the answer false have no effect. Must not throw.
     *
     * @param length length (bytes), 1 or more
     * @param hole true for an unallocated extent that reads as zeroes; false for data (zeroes too)
     * @return whether the visitor wants more extents
     */
    boolean extent(long length, boolean hole);
}
