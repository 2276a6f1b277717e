package dev.weir.testkit.block;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockBackend;
import dev.weir.block.HintedBackend;
import dev.weir.block.Loan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A borrowed range of a backend, or the part of it that was lent. */
final class Borrowed {
    private final List<Loan> loans = new ArrayList<>();
    private final boolean whole;

    Borrowed(BlockBackend backend, long offset, long length) {
        whole = backend instanceof HintedBackend hinted && hinted.lend(offset, length, loans::add);
    }

    boolean isWhole() {
        return whole;
    }

    /** Returns the current content of the lent memory. */
    byte[] bytes() {
        List<ByteBuffer> parts =
                loans.stream().map(loan -> loan.bytes().duplicate()).toList();
        parts.forEach(part -> assertTrue(part.isDirect(), "lent memory is direct"));
        ByteBuffer all = ByteBuffer.allocate(
                parts.stream().mapToInt(ByteBuffer::remaining).sum());
        parts.forEach(all::put);
        return all.array();
    }

    void giveBack() {
        loans.forEach(Loan::giveBack);
    }
}
