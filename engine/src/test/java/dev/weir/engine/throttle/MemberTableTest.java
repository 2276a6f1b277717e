package dev.weir.engine.throttle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemberTableTest {
    private final MemberTable table = new MemberTable();
    private final List<TreeNode> members = new ArrayList<>();

    private TreeNode add() {
        TreeNode member = NodeHeapTest.member(0);
        table.add(member);
        members.add(member);
        return member;
    }

    @Test
    void newcomerHasTheLowestFreeNumber() {
        for (int i = 0; i < 20; i++) {
            assertEquals(i, add().number);
        }
        table.remove(members.get(12));
        table.remove(members.get(3));
        assertEquals(3, add().number);
        assertEquals(12, add().number);
        assertEquals(20, add().number);
        for (TreeNode member : List.of(members.get(0), members.get(20), members.get(21), members.get(22))) {
            assertSame(member, table.get(member.number));
        }
    }

    @Test
    void freeNumberHasNoMember() {
        add();
        add();
        table.remove(members.get(0));
        assertThrows(IndexOutOfBoundsException.class, () -> table.get(0));
        assertThrows(IndexOutOfBoundsException.class, () -> table.get(2));
        assertSame(members.get(1), table.get(1));
    }

    @Test
    void streamHasTheMembersByNumber() {
        for (int i = 0; i < 7; i++) {
            add();
        }
        table.remove(members.get(5));
        table.remove(members.get(0));
        TreeNode last = add();
        assertEquals(
                List.of(last, members.get(1), members.get(2), members.get(3), members.get(4), members.get(6)),
                table.stream().toList());
    }
}
