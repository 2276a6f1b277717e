package dev.weir.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandSyntaxTest extends CommandsFixture {
    private final DriveCommands drives = new DriveCommands(services);
    private final ChangeCommands changes = new ChangeCommands(services);

    @Test
    void wrongSyntaxShowsTheUsage() {
        refuses(
                "drive: NAME is missing; usage: drive [ACTION] NAME [KEY=VALUE...] [--save] [--dry-run] [--delete-storage=NAME]"
                        + " [--json]",
                () -> drives.drive());
        refuses(
                "policy: TYPE is missing; usage: policy NAME|GROUP TYPE [--save] [--json]",
                () -> changes.policy("vm1"));
        refuses(
                "queue: \"b\" is one argument too many; usage: queue [NAME|GROUP] [--summary] [--json]",
                () -> drives.queue("a", "b"));
        refuses("drives: \"vm1\" is one argument too many; usage: drives [--json]", () -> drives.drives("vm1"));
        refuses("drives: invalid option '--jsn'; usage: drives [--json]", () -> drives.drives("--jsn"));
        refuses("drives: invalid option 'x'; usage: drives [--json]", () -> drives.drives("-x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-?"})
    void helpIsTheFullText(String option) {
        assertEquals(
                """
                queue - lists the waiting requests: age, the limit that holds them, time until release

                Usage: queue [NAME|GROUP] [--summary] [--json]

                Without a name it lists all drives. Requests of a drive are in the order of their release. Sums
                by drive and by limit follow.
                "Goes in" is exact if no new request arrives and no limit changes. It includes the waiting
                requests of the other drives of the group. A dash means unknown: the policy is missing or too
                many requests of the group come first. "Held by" is the limit that holds a request when its
                turn comes.

                     --summary   only the sums: drives, limits, amounts and times
                     --json   as JSON, for programs
                  -? --help   this text""",
                drives.queue("vm1", option));
    }
}
