package dev.weir.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.throttle.ThrottleLimits;
import dev.weir.view.DriveView;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ResizeCommandTest extends CommandsFixture {
    private static final long GIB = 1L << 30;

    private final ResizeCommand command = new ResizeCommand(services);

    private static long size(Object answer) {
        return Objects.requireNonNull(((DriveView) answer).sizeBytes());
    }

    @Test
    void growsToASizeAndByASize() {
        assertEquals(20 * GIB, size(command.resize("vm1", "20GiB")));
        assertEquals(25 * GIB, size(command.resize("vm1", "+5G")));
        assertEquals(25 * GIB, size(command.resize("vm1", "25G")));
    }

    @Test
    void shrinkNeedsItsOption() {
        refuses(
                "size = 5GiB: is less than the 10GiB of drive vm1, and the bytes beyond it would be"
                        + " lost; --shrink permits that",
                () -> command.resize("vm1", "5GiB"));
        assertEquals(10 * GIB, vm1.snapshot().size());
        assertEquals(5 * GIB, size(command.resize("vm1", "5GiB", "--shrink")));
    }

    @Test
    void refusalsNameTheRule() {
        refuses(
                "size = much: must be a number of bytes, for example 512, 10M or 10MiB",
                () -> command.resize("vm1", "much"));
        refuses("size = 10737418241: refused by the drive", () -> command.resize("vm1", "+1"));
        refuses(
                "size = +9223372036854775807: the drive of 10GiB must not grow beyond 9223372036854775807B",
                () -> command.resize("vm1", "+9223372036854775807"));
        refuses(
                "resize: SIZE is missing; usage: resize NAME SIZE [--shrink] [--save] [--json]",
                () -> command.resize("vm1"));
        assertEquals(10 * GIB, vm1.snapshot().size());
    }

    @Test
    void limitsShowRateAndRule() {
        vm1.limits(ThrottleLimits.of(Map.of("iops", 1_000L, "iops_per_gib", 3L, "iops_floor", 10L)));
        shows(
                """
                LIMIT  RATE  BURST  FOR  OWED  BURST OWED  SET BY
                iops   30/s      -    -     0           -  shell
                iops scales with the size: 3/s per GiB, at least 10/s, at most 1000/s
                its share in a group: weight 3, min iops=100
                until reload --restore; the configuration has bps=10MiB iops=500 iops_max=2000 iops_max_length=30s \
                iops_per_gib=0 iops_floor=0
                """,
                80,
                new ChangeCommands(services).limits("vm1"));
    }

    @Test
    void jsonHasTheNewSize() {
        String json = (String) command.resize("vm1", "20G", "--json");
        assertTrue(json.contains("\"size_bytes\":21474836480"), json);
    }
}
