package dev.weir.drive.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LimitTreeTest {
    private final List<LimitTree.Node> nodes = new ArrayList<>();

    private void group(String name, @Nullable String parent, Map<String, Long> limits, long minIops) {
        nodes.add(new LimitTree.Node(name, false, parent, ThrottleLimits.of(limits), new Share(1, 0, minIops)));
    }

    private void drive(String name, @Nullable String group, Map<String, Long> limits, long minIops) {
        nodes.add(new LimitTree.Node(name, true, group, ThrottleLimits.of(limits), new Share(1, 0, minIops)));
    }

    private void faults(String... expected) {
        assertEquals(
                List.of(expected),
                LimitTree.faults(nodes).stream().map(LimitTree.Fault::toString).toList());
    }

    @Test
    void minimaUpToTheLimitAreCovered() {
        group("host", null, Map.of("iops", 100L), 0);
        group("tenant", "host", Map.of(), 30);
        drive("vm1", "tenant", Map.of("iops", 60L), 60);
        drive("vm2", "host", Map.of(), 40);
        faults();
    }

    @Test
    void groupsNeedTheMinimaOfTheirMembers() {
        group("host", null, Map.of("iops", 100L), 0);
        group("tenant", "host", Map.of(), 30);
        drive("vm1", "tenant", Map.of(), 61);
        drive("vm2", "host", Map.of(), 40);
        faults("group host: limits.iops = 100: must cover the minima of its members, which are 101");
    }

    @Test
    void limitOfOneDirectionMustCoverToo() {
        group("host", null, Map.of("iops", 100L, "iops_wr", 20L), 0);
        drive("vm1", "host", Map.of(), 21);
        faults("group host: limits.iops_wr = 20: must cover the minima of its members, which are 21");
    }

    @Test
    void hugeMinimaDoNotOverflow() {
        group("host", null, Map.of("iops", ThrottleLimits.MAX_VALUE), 0);
        IntStream.range(0, 10_000).forEach(i -> drive("vm" + i, "host", Map.of(), ThrottleLimits.MAX_VALUE));
        assertEquals(1, LimitTree.faults(nodes).size());
    }

    @Test
    void minimumAboveTheOwnLimitIsAFault() {
        drive("vm1", null, Map.of("iops", 10L), 11);
        faults("drive vm1: min.iops = 11: must not be above its own limit iops = 10");
    }

    @Test
    void cycleNamesItsGroups() {
        group("a", "b", Map.of(), 0);
        group("b", "c", Map.of(), 0);
        group("c", "b", Map.of(), 0);
        faults(
                "group b: parent = c: must not be below the group itself: b in c in b",
                "group c: parent = b: must not be below the group itself: c in b in c");
    }

    @Test
    void unknownParentIsAFault() {
        group("a", "nowhere", Map.of(), 0);
        drive("vm1", "elsewhere", Map.of(), 0);
        faults("group a: parent = nowhere: there is no such group");
    }

    @Test
    void eightLevelsAreAllowedAndNoMore() {
        IntStream.range(0, 8).forEach(i -> group("g" + i, i == 0 ? null : "g" + (i - 1), Map.of(), 0));
        drive("vm1", "g7", Map.of(), 0);
        faults();
        group("g8", "g7", Map.of(), 0);
        group("g9", "g8", Map.of(), 0);
        faults("group g8: parent = g7: makes 9 levels of groups, at most 8 are allowed");
    }
}
