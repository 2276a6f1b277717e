package dev.weir.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.view.system.StatusView;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class StatusTest extends CommandsFixture {
    @Test
    void statusIsOneLineThenFaults() {
        long pid = ProcessHandle.current().pid();
        assertEquals(
                "Weir 1.0, pid " + pid + ", in /home/w: vm1 serving, scratch holding: no policy \"slice\"",
                services.status("1.0", "/home/w").text());
        services.drives().forEach(services::removeDrive);
        TestServices.configuration(services, List.of(), List.of("weir.conf:1: a"));
        assertEquals(
                "Weir 1.0, pid " + pid + ", in /home/w: no drives\nweir.conf:1: a",
                services.status("1.0", "/home/w").text());
    }

    @Test
    void statusNamesUnusableJarsForWaitingDrives() {
        services.drives().forEach(services::removeDrive);
        services.addDrive(TestDrive.idle("vm1").standing(State.HOLDING, "policy pace is missing"));
        TestServices.configuration(services, List.of("vm1"), List.of());
        services.deployed = List.of(() -> List.of("deploy/other.jar: other 1.0.0"));
        services.deployFaults = List.of(() -> List.of("deploy/pace.jar cannot be used: it is empty"));
        assertEquals(
                "Weir 1.0, pid " + ProcessHandle.current().pid()
                        + ", in /home/w: vm1 holding: policy pace is missing; cannot be used: deploy/pace.jar\n"
                        + "deploy/other.jar: other 1.0.0\ndeploy/pace.jar cannot be used: it is empty",
                services.status("1.0", "/home/w").text());
    }

    @Test
    void configuredDriveWithoutAServiceIsUnavailable() {
        TestServices.configuration(services, List.of("vm1", "scratch", "late"), List.of());
        assertEquals(
                List.of("vm1", "scratch", "late"),
                services.status("1.0", "/home/w").drives().stream()
                        .map(StatusView.DriveState::name)
                        .toList());
        services.drives().forEach(services::removeDrive);
        services.addDrive(TestDrive.idle("vm1"));
        assertFalse(services.status("1.0", "/home/w").isHealthy());
        TestServices.configuration(services, List.of("vm1"), List.of());
        assertTrue(services.status("1.0", "/home/w").isHealthy());
        services.configuration = null;
        assertEquals(
                List.of("the configuration has not been read yet"),
                services.status("1.0", "/home/w").faults());
    }

    @Test
    void statusOfManyDrivesIsShort() {
        DriveControl[] many = IntStream.range(100, 400)
                .mapToObj(i -> TestDrive.idle("vm" + i)
                        .standing(i % 20 == 0 ? State.UNAVAILABLE : State.SERVING, i % 20 == 0 ? "no image" : ""))
                .toArray(DriveControl[]::new);
        StatusView status = TestServices.of(many).status("1.0", "/home/w");
        assertFalse(status.isHealthy());
        List<String> lines = status.text().lines().toList();
        assertTrue(lines.get(0).endsWith("in /home/w: 300 drives, 285 serving, 15 unavailable"), lines::toString);
        assertEquals("drive vm100 unavailable: no image", lines.get(1));
        assertEquals("and 5 more", lines.get(11));
        assertEquals(12, lines.size());
    }
}
