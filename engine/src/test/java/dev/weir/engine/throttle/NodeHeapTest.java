package dev.weir.engine.throttle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.weir.engine.policy.PolicySlot;
import dev.weir.testkit.clock.ManualClock;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The heap beside a model: a map of the members' keys, of which the least is first. */
class NodeHeapTest {
    private static final int STEPS = 20_000;
    private static final int MEMBERS = 40;

    private final MemberTable table = new MemberTable();
    private final NodeHeap heap = new NodeHeap(table);

    /** Key and tie-break of each member in the heap, relative to the origin. */
    private final Map<TreeNode, long[]> model = new HashMap<>();

    private final List<TreeNode> members = new ArrayList<>();

    static TreeNode member(long ordinal) {
        PolicySlot slot = new PolicySlot("group g", "bucket", ThrottleLimits.NONE, null, 0);
        TreeNode member = new GroupNode("g", slot, new ManualClock(0));
        member.ordinal = ordinal;
        return member;
    }

    /** Adds members whose ordinals are not in the order of their numbers. */
    private void addMembers(int count) {
        for (int i = 0; i < count; i++) {
            TreeNode member = member(i * 17L % 41);
            table.add(member);
            members.add(member);
        }
    }

    private long[] keys(TreeNode member) {
        return Objects.requireNonNull(model.get(member));
    }

    private @Nullable TreeNode expectedFirst() {
        return model.keySet().stream()
                .min(Comparator.<TreeNode>comparingLong(member -> keys(member)[0])
                        .thenComparingLong(member -> keys(member)[1])
                        .thenComparingLong(member -> member.ordinal))
                .orElse(null);
    }

    private void checkFirst(long origin, String when) {
        TreeNode first = expectedFirst();
        assertSame(first, heap.first(), when);
        if (first != null) {
            assertEquals(origin + keys(first)[0], heap.firstKey(), when);
        }
    }

    private void put(TreeNode member, long origin, long key, long tie) {
        heap.put(member, origin + key, origin + tie);
        model.put(member, new long[] {key, tie});
    }

    private void remove(TreeNode member) {
        heap.remove(member);
        model.remove(member);
    }

    /** Keys overflow in the course of the second and third run. */
    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 30, -30, Long.MIN_VALUE})
    void firstIsTheLeastAfterEveryChange(long origin) {
        Random random = new Random(origin);
        addMembers(MEMBERS);
        for (int step = 0; step < STEPS; step++) {
            TreeNode member = members.get(random.nextInt(MEMBERS));
            int what = random.nextInt(100);
            if (what < 65) {
                put(member, origin, random.nextInt(60), random.nextInt(60));
            } else if (what < 99) {
                remove(member);
            } else {
                heap.level(origin + 30);
                model.values().forEach(levelled -> levelled[0] = 30);
            }
            checkFirst(origin, "origin " + origin + ", step " + step);
        }
        while (!model.isEmpty()) {
            remove(Objects.requireNonNull(expectedFirst()));
            checkFirst(origin, "origin " + origin + ", " + model.size() + " are left");
        }
    }

    @Test
    void equalKeysGoByTieBreakAndThenByAge() {
        addMembers(3);
        put(members.get(0), 0, 5, 2);
        put(members.get(1), 0, 5, 1);
        put(members.get(2), 0, 5, 1);
        assertSame(members.get(1), heap.first()); // its ordinal is 17, that of the other is 34
        remove(members.get(1));
        assertSame(members.get(2), heap.first());
        remove(members.get(2));
        assertSame(members.get(0), heap.first());
    }

    @Test
    void equalizedKeysGoByTieBreak() {
        addMembers(20);
        for (int i = 0; i < 20; i++) {
            put(members.get(i), 0, i, 20 - i);
        }
        heap.level(7);
        for (int i = 19; i >= 0; i--) {
            assertSame(members.get(i), heap.first());
            assertEquals(7, heap.firstKey());
            heap.remove(members.get(i));
        }
    }

    @Test
    void removalOfAnAbsentMemberChangesNothing() {
        addMembers(9);
        heap.remove(members.get(8));
        put(members.get(2), 0, 4, 0);
        heap.remove(members.get(1)); // has a place in the table of places
        heap.remove(members.get(8)); // has none
        assertSame(members.get(2), heap.first());
        heap.remove(members.get(2));
        heap.remove(members.get(2));
        assertNull(heap.first());
    }

    @Test
    void memberWithTheNumberOfOneThatLeftIsAnother() {
        addMembers(3);
        members.forEach(member -> put(member, 0, member.number, 0));
        TreeNode left = members.get(0);
        remove(left);
        table.remove(left);
        TreeNode newcomer = member(99);
        table.add(newcomer);
        assertEquals(0, newcomer.number);
        checkFirst(0, "before it is in the heap");
        put(newcomer, 0, -1, 0);
        assertSame(newcomer, heap.first());
    }
}
