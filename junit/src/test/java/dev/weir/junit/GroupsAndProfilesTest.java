package dev.weir.junit;

import static dev.weir.block.BlockError.EIO;
import static dev.weir.junit.Faults.error;
import static dev.weir.junit.Faults.latency;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Operation;
import dev.weir.config.EmbeddedProfiles;
import dev.weir.fault.Latency;
import dev.weir.throttle.LimitKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class GroupsAndProfilesTest {

    private static void refused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void ownLimitsGoBeforeThoseOfTheProfile(@TempDir Path folder) throws IOException {
        try (EmbeddedDrive disk = EmbeddedDrive.file(folder.resolve("disk.img"), EmbeddedDrive.MIB)
                .limit("iops", 9_000)
                .limit("bps", 0)
                .profile("ebs-gp3")
                .start()) {
            assertEquals(
                    Map.of("iops", 9_000L, "iops_size", 262_144L),
                    disk.snapshot().limits().toMap());
        }
    }

    @Test
    void healKeepsTheLatenciesOfTheProfile() throws IOException {
        try (EmbeddedDrive disk = EmbeddedDrive.profile("hdd-7200", EmbeddedDrive.MIB)
                .fault(error(EIO).on(Operation.FLUSH))
                .start()) {
            assertEquals(List.of("disk-read", "disk-write", "error"), faults(disk));
            disk.fault(latency("1ms").named("disk-read"));
            disk.heal();
            assertEquals(List.of("disk-read", "disk-write"), faults(disk));
            assertTrue(disk.control().faults().settings().faults().get(0).latency() instanceof Latency.Seek);
        }
    }

    /** The mean of 40 random reads is 11.6 ms; that of 5 ms is ten standard deviations below it. */
    @Test
    void hardDiskSeeks() throws IOException {
        try (EmbeddedDrive disk =
                EmbeddedDrive.profile("hdd-7200", EmbeddedDrive.GIB).start()) {
            FlushableChannel channel = disk.channel();
            long seed = new Random().nextLong();
            Random random = new Random(seed);
            Instant begin = Instant.now();
            for (int i = 0; i < 40; i++) {
                channel.position(random.nextInt(1 << 18) * 4096L).read(ByteBuffer.allocate(4096));
            }
            long millis = Duration.between(begin, Instant.now()).toMillis();
            assertTrue(millis >= 40 * 5, millis + " ms with seed " + seed);
            assertEquals(40, disk.control().faults().list().get(0).requests());
        }
    }

    private static List<String> faults(EmbeddedDrive disk) {
        return disk.control().faults().list().stream()
                .map(fault -> fault.fault().name())
                .toList();
    }

    @Test
    void unknownProfileIsRefused() {
        refused(
                "profile = ebs-gp4: is not a profile; choose one of " + EmbeddedProfiles.names(),
                () -> EmbeddedDrive.profile("ebs-gp4", 1));
        assertThrows(IllegalArgumentException.class, () -> new EmbeddedGroup().profile(""));
    }

    @Test
    void groupTakesAProfile() throws IOException {
        EmbeddedGroup group = new EmbeddedGroup().profile("azure-p30").limit("iops", 7);
        try (EmbeddedDrive disk = EmbeddedDrive.memory(1).group(group).start()) {
            assertTrue(disk.control().queue().isEmpty());
            assertEquals(7, group.control().snapshot().settings().limits().rate(LimitKey.IOPS));
            assertEquals(
                    200_000_000, group.control().snapshot().settings().limits().rate(LimitKey.BPS));
        }
    }

    @Test
    void minimaAboveTheLimitAreRefused() throws IOException {
        EmbeddedGroup host = new EmbeddedGroup().limit("iops", 100);
        EmbeddedGroup tenant = new EmbeddedGroup(host).min("iops", 60);
        try (EmbeddedDrive first =
                EmbeddedDrive.memory(1).group(tenant).weight(2).start()) {
            EmbeddedDrive second = EmbeddedDrive.memory(1).group(host).min("iops", 41);
            refused(
                    "group group: limits.iops = 100: must cover the minima of its members, which are 101",
                    second::start);
            second.min("iops", 40).start().close();
            assertEquals("group2", first.snapshot().group());
        }
    }

    @Test
    void sharesNeedAGroup() {
        refused(
                "[weight]: need a group",
                () -> EmbeddedDrive.memory(1).weight(2).start());
        refused("[min.bps]: need a parent", () -> EmbeddedDrive.memory(1)
                .group(new EmbeddedGroup().min("bps", 1))
                .start());
        refused("weight = 0: must be from 1 to 1000", () -> new EmbeddedGroup().weight(0));
        refused("min.ops = 1: is not part of a share", () -> EmbeddedDrive.memory(1)
                .min("ops", 1));
    }

    @Test
    void groupsBelowARootRestartTogether() throws IOException {
        EmbeddedGroup host = new EmbeddedGroup();
        EmbeddedGroup tenant = new EmbeddedGroup(host);
        for (int round = 0; round < 2; round++) {
            try (EmbeddedDrive one = EmbeddedDrive.memory(1).group(tenant).start();
                    EmbeddedDrive other = EmbeddedDrive.memory(1).group(host).start()) {
                assertEquals("disk", one.drive().name());
                assertEquals("disk2", other.drive().name());
                assertEquals("group", tenant.control().snapshot().settings().parent());
            }
            assertThrows(IllegalStateException.class, host::control);
        }
    }

    @Test
    void refusedSizeNamesTheValue() throws IOException {
        try (EmbeddedDrive disk = EmbeddedDrive.memory(EmbeddedDrive.MIB).start()) {
            IOException fault = assertThrows(IOException.class, () -> disk.resize(0));
            assertTrue(fault.toString().contains("size = 0"), fault::toString);
            disk.resize(EmbeddedDrive.KIB);
            assertEquals(EmbeddedDrive.KIB, disk.drive().size());
        }
    }
}
