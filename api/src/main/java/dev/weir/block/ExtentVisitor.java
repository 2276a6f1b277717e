package dev.weir.block;

import org.osgi.annotation.versioning.ConsumerType;

/** Is told how a range of a drive is stored, one extent after the other. */
@ConsumerType
@FunctionalInterface
public interface ExtentVisitor {

    /**
     * Takes the next extent, which begins where the one before it ended. May be of the same kind as that.
     *
     * @param length in bytes, 1 or more
     * @param hole whether it takes no room and reads as zeroes; if not, it holds data, which may be zeroes
     * @return whether to be told more
     */
    boolean extent(long length, boolean hole);
}
