package dev.weir.view.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The branches of a tree, as {@code lsblk} draws them. */
class BranchTest {
    @Test
    void lastChildEndsTheLineOfItsParent() {
        Branch first = Branch.ROOT.child(false);
        Branch last = Branch.ROOT.child(true);
        assertEquals("├─", first.text());
        assertEquals("│ ├─", first.child(false).text());
        assertEquals("│ └─", first.child(true).text());
        assertEquals("└─", last.text());
        assertEquals("  └─", last.child(true).text());
        assertEquals("│   └─", first.child(true).child(true).text());
    }
}
