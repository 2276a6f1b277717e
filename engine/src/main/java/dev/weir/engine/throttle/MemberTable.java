package dev.weir.engine.throttle;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The members of a group by number. A number is the lowest free one, so that arrays by number stay small.
 *
 * <p>Guarded by the lock of the {@link ThrottleDomain}.
 */
final class MemberTable {
    private static final int INITIAL_CAPACITY = 4;

    private final BitSet used = new BitSet();
    private @Nullable TreeNode[] members = new @Nullable TreeNode[0];

    /** Adds a member and sets its number. */
    void add(TreeNode member) {
        int number = used.nextClearBit(0);
        if (number == members.length) {
            members = Arrays.copyOf(members, Math.max(INITIAL_CAPACITY, members.length * 2));
        }
        used.set(number);
        members[number] = member;
        member.number = number;
    }

    void remove(TreeNode member) {
        used.clear(member.number);
        members[member.number] = null;
    }

    TreeNode get(int number) {
        TreeNode member = members[number];
        if (member == null) {
            throw new IndexOutOfBoundsException(number);
        }
        return member;
    }

    /** Returns the member with an ordinal. */
    TreeNode ofOrdinal(long ordinal) {
        return stream().filter(member -> member.ordinal == ordinal).findAny().orElseThrow();
    }

    /** Returns the members by number. */
    Stream<TreeNode> stream() {
        return used.stream().mapToObj(this::get);
    }
}
