package dev.weir.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.fault.FaultSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FaultCommandsTest extends CommandsFixture {
    private final FaultCommands commands = new FaultCommands(services);
    private final PowerCutCommand powerCut = new PowerCutCommand(services);

    private FaultSettings faults() {
        return vm1.faults().settings();
    }

    @Test
    void faultIsSetListedAndCleared() {
        shows(
                """
                DRIVE  FAULT  STATE   HIT  HOLDS  SETTINGS                                    SEED
                vm1    slow   active   12      3  latency.p50=2ms latency.p99=400ms on=flush    42
                """,
                100,
                commands.fault("vm1", "slow", "on=flush", "latency.p50=2ms", "latency.p99=400ms"));
        commands.fault("vm1", "burst", "error=EIO", "for=30s", "seed=7");
        shows(
                """
                DRIVE  FAULT  STATE        HIT  HOLDS  SETTINGS                                    SEED
                vm1    slow   active        12      3  latency.p50=2ms latency.p99=400ms on=flush    42
                vm1    burst  ends in 2 s   12      3  error=EIO for=30s                              7
                """,
                100,
                commands.faults());
        commands.fault("vm1", "slow", "--clear");
        assertEquals(1, faults().faults().size());
        commands.fault("vm1", "--clear");
        shows("no faults", 80, commands.faults("vm1"));
    }

    @Test
    void recordOfUnflushedWritesIsKeptOnDemand() {
        commands.fault("vm1", "power-cut=on");
        shows(
                "no faults\n\nvm1: a power cut can lose 5 unflushed writes, 20 KiB; the record holds 64 MiB",
                80,
                commands.faults("vm1"));
        commands.fault("vm1", "power-cut=off");
        shows("no faults", 80, commands.faults("vm1"));
    }

    @Test
    void powerCutReportsTheLostRanges() {
        commands.fault("vm1", "power-cut=on");
        shows(
                """
                drive     vm1
                lost      2 of 5 unflushed writes, 8 KiB
                again     keep=random tear=512 seed=42

                WRITE  OFFSET  LENGTH
                    1       0    4096
                    4   65536    4096
                """,
                80,
                powerCut.answer("vm1", "keep=random", "tear=512"));
    }

    @Test
    void wrongWordsAreRefused() {
        String usage = "; usage: fault NAME [FAULT] [KEY=VALUE...] [--clear] [--save] [--json]";
        refuses("fault: FAULT is missing before error=EIO" + usage, () -> commands.fault("vm1", "error=EIO"));
        refuses(
                "fault: KEY=VALUE is missing, and drive vm1 has no fault slow" + usage,
                () -> commands.fault("vm1", "slow"));
        refuses("fault: power-cut=maybe: must be on or off" + usage, () -> commands.fault("vm1", "power-cut=maybe"));
        refuses(
                "fault: --clear takes no KEY=VALUE" + usage,
                () -> commands.fault("vm1", "slow", "error=EIO", "--clear"));
        refuses(
                "error = EI0: must be an error of the block layer; did you mean EIO?",
                () -> commands.fault("vm1", "slow", "error=EI0"));
        refuses("keep = some: must be none or prefix or random or all", () -> powerCut.answer("vm1", "keep=some"));
        refuses("drive keeps no record of unflushed writes", () -> powerCut.answer("vm1"));
        assertEquals(List.of(), faults().faults());
    }

    @Test
    void driveShowsItsFaults() {
        commands.fault("vm1", "slow", "on=flush", "latency=2ms");
        String text = services.view(vm1).text(120);
        assertTrue(text.contains("faults    slow active, hit 12, holds 3: latency=2ms on=flush"), text);
    }
}
