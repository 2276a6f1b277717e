package dev.weir.cluster.broker;

import static dev.weir.cluster.broker.BrokerFixture.iops;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.cluster.message.Answer;
import dev.weir.cluster.message.Question;
import dev.weir.cluster.message.Question.Subject;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Commands that change limits while hosts fail, on a virtual clock. */
class LimitChangesTest {
    private static final long SECOND = VirtualHosts.SECOND;
    private static final Question CHANGE = new Question(7, Subject.CHANGE, "tenant", Map.of("iops", 600L), 0);

    private final VirtualHosts hosts = new VirtualHosts();
    private final VirtualHosts.Host first = hosts.all.get(0);
    private final VirtualHosts.Host last = hosts.all.get(2);
    private final List<Answer> answers = new ArrayList<>();

    private void assertLimits(ThrottleLimits expected) {
        hosts.all.forEach(host -> assertEquals(expected, host.group.limits(), host.name));
    }

    @Test
    void changeIsConfirmedOnceAMajorityHasIt() {
        first.step(() -> first.changes.answer(CHANGE, answers::add));
        assertEquals(List.of(), answers);
        hosts.run(SECOND);
        assertEquals(1, answers.size());
        assertEquals(600, Objects.requireNonNull(answers.get(0).terms()).rate().get(LimitKey.IOPS));
        assertLimits(iops(600));
    }

    /** No host gets a new lease before it asks for the next one, and each reports the change at once. */
    @Test
    void changeThatMovesNoShareIsConfirmedWithinAPeriodOfReports() {
        hosts.run(SECOND / 2);
        Question change = new Question(7, Subject.CHANGE, "tenant", Map.of("iops_size", 4_096L), 0);
        first.step(() -> first.changes.answer(change, answers::add));
        hosts.run(SECOND + SECOND / 10);
        assertEquals(1, answers.size());
    }

    /** Until its promises end, a coordinator that was cut off does not know that others may take its place. */
    @Test
    void coordinatorThatWasCutOffConfirmsNothing() {
        hosts.cutOff(true);
        first.step(() -> first.changes.answer(CHANGE, answers::add));
        hosts.run(SECOND);
        assertEquals(iops(600), first.group.limits());
        hosts.run(10 * SECOND);
        last.changes.change("tenant", Map.of("bps", 5_000L));
        first.isCutOff = false;
        hosts.all.forEach(host -> host.view(hosts.all));
        hosts.run(15 * SECOND);
        assertEquals(List.of(), answers);
        assertLimits(ThrottleLimits.of(Map.of("iops", TenantGroup.LIMIT, "bps", 5_000L)));
    }

    @Test
    void commandOnTheCoordinatorWaitsForAMajority() {
        first.changes.change("tenant", Map.of("iops", 600L));
        assertLimits(iops(600));
        assertEquals(List.of(), first.asked);
    }

    @Test
    void commandWaitsForTheNextCoordinator() {
        hosts.cutOff(false);
        assertTrue(last.node.isEstablished());
        last.changes.change("tenant", Map.of("iops", 600L));
        assertEquals(List.of("h1"), last.asked.stream().distinct().toList());
        assertEquals(iops(600), hosts.all.get(1).group.limits());
        assertTrue(hosts.pauses > 0);
    }

    /** The question is lost with the coordinator. Its change may have been made, and is made again then. */
    @Test
    void commandWhoseCoordinatorDiesAsksTheNextOne() {
        hosts.afterQuestion = () -> {
            hosts.afterQuestion = () -> {};
            hosts.cutOff(false);
        };
        last.changes.change("tenant", Map.of("iops", 600L));
        assertEquals(List.of("h0", "h1"), last.asked.stream().distinct().toList());
        assertEquals(iops(600), hosts.all.get(1).group.limits());
    }

    @Test
    void commandWithoutAConfirmationSaysThatLimitsMayHaveChanged() {
        first.isDeaf = true;
        assertUnconfirmed("coordinator h0 has not confirmed the change", last);
        hosts.afterQuestion = () -> {
            first.isCutOff = true;
            hosts.all.forEach(host -> host.view(List.of(host)));
        };
        assertUnconfirmed("the coordinator has not confirmed the change, and no other one has a majority", last);
    }

    private static void assertUnconfirmed(String reason, VirtualHosts.Host host) {
        IllegalStateException unconfirmed =
                assertThrows(IllegalStateException.class, () -> host.changes.change("tenant", Map.of("iops", 600L)));
        assertEquals(reason + "; the limits of group tenant may have changed", unconfirmed.getMessage());
    }

    @Test
    void commandWithoutAMajorityIsRefused() {
        first.isCutOff = true;
        last.isCutOff = true;
        hosts.all.forEach(host -> host.view(List.of(host)));
        hosts.run(4 * SECOND);
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> first.changes.change("tenant", Map.of("iops", 600L)));
        assertTrue(
                String.valueOf(refused.getMessage()).startsWith("no coordinator has a majority"), refused::getMessage);
        assertEquals(LimitChanges.ATTEMPTS, hosts.pauses);
        assertLimits(iops(TenantGroup.LIMIT));
    }

    @Test
    void sizeOfRequestsChangesOnAllHosts() {
        last.changes.change("tenant", Map.of("iops_size", 8_192L));
        hosts.run(SECOND);
        ThrottleLimits sized = ThrottleLimits.of(Map.of("iops", TenantGroup.LIMIT, "iops_size", 8_192L));
        assertLimits(sized);
        hosts.all.forEach(host -> assertEquals(8_192, host.group.lease.limits().iopsSize(), host.name));
        hosts.all.get(1).changes.change("tenant", Map.of("iops_size", 0L));
        hosts.run(SECOND);
        assertLimits(iops(TenantGroup.LIMIT));
    }

    @Test
    void limitsOfRequestsAreRemovedOnAHostThatCountsThemBySize() {
        ThrottleLimits sized = ThrottleLimits.of(Map.of("iops", TenantGroup.LIMIT, "bps", 9_000L, "iops_size", 4_096L));
        first.step(() -> first.group.limits(sized));
        hosts.run(SECOND);
        last.changes.change("tenant", Map.of("bps", 8_000L, "iops", 0L));
        hosts.run(SECOND);
        assertLimits(ThrottleLimits.of(Map.of("bps", 8_000L)));
    }

    /** Its leases come once the coordinator knows the new limit. */
    @Test
    void newLimitOfAHostHoldsNoRequests() {
        hosts.run(SECOND / 2);
        last.step(() -> last.group.limits(ThrottleLimits.of(Map.of("iops", TenantGroup.LIMIT, "bps", 300_000L))));
        assertEquals("", last.group.lease.reason());
        assertEquals(2_000, last.group.lease.limits().rate(LimitKey.BPS));
        assertEquals(0, leased(LimitKey.BPS));
        hosts.run(SECOND / 10);
        assertEquals(2_000, leased(LimitKey.BPS));
    }

    private long leased(LimitKey key) {
        return last.node.share("tenant", hosts.clock.nanoTime()).share().get(key);
    }

    @Test
    void lowerLimitBoundsTheLeaseBefore() {
        assertTrue(last.group.share() > 0);
        last.step(() -> last.group.limits(iops(3)));
        assertTrue(last.group.share() <= 3, () -> "share " + last.group.share());
        assertFalse(last.group.share() == 0);
    }
}
