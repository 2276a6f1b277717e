package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Operation;
import dev.weir.drive.settings.Charging;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Debts of drives and groups over a restart of Weir. */
class RestartTest {
    private static final long SECOND = EngineFixture.SECOND;
    private static final Map<String, Long> BURST = Map.of("bps", 1_000L, "bps_max", 10_000L, "bps_max_length", 5L);
    private static final LimitKey BPS = LimitKey.BPS;

    private final Path home;
    private final Processes processes;
    private EngineFixture fixture;
    private long seed = System.identityHashCode(this);

    RestartTest(@TempDir Path home) {
        this.home = home;
        processes = new Processes(home);
        fixture = processes.start(seed);
    }

    private Path file() {
        return home.resolve("debts");
    }

    private void restart(long nanos) {
        processes.stop();
        processes.pass(nanos);
        fixture = processes.start(++seed);
    }

    private void drive(Map<String, Long> limits) {
        fixture.configure("vm1", "bucket", null, limits);
    }

    private long owed() {
        return fixture.control("vm1").snapshot().debt().nanos(BPS);
    }

    private void read(long length) {
        fixture.submit("vm1", Operation.READ, 0, length);
    }

    @Test
    void stopKeepsTheDebtToTheNanosecond() {
        drive(BURST);
        read(30_000);
        long owed = owed();
        restart(7 * SECOND + 1);
        drive(BURST);
        assertEquals(owed - 7 * SECOND - 1, owed());
    }

    @ParameterizedTest
    @CsvSource({"bucket,slice", "slice,bucket"})
    void debtFollowsIntoAnotherPolicy(String before, String after) {
        drive(Map.of("bps", 1_000L));
        read(30_000);
        fixture.control("vm1").policy(before);
        restart(SECOND);
        fixture.configure("vm1", after, null, Map.of("bps", 1_000L));
        assertEquals(29 * SECOND, owed());
    }

    @Test
    void debtWaitsForItsMissingPolicy() {
        drive(BURST);
        read(30_000);
        restart(SECOND);
        fixture.engine.removePolicies(fixture.bucket);
        drive(BURST);
        fixture.clock.advance(SECOND);
        fixture.engine.addPolicies(fixture.bucket, 0);
        assertEquals(28 * SECOND, owed());
    }

    @Test
    void lowerLimitAfterRestartPunishesNoPast() {
        drive(Map.of("bps", 1_000L));
        read(30_000);
        restart(SECOND);
        drive(Map.of("bps", 10L));
        assertEquals(29 * SECOND, owed());
    }

    @Test
    void higherLimitAfterRestartFreesAtOnce() {
        drive(Map.of("bps", 1_000L));
        read(30_000);
        restart(SECOND);
        drive(Map.of("bps", 100_000L));
        assertEquals(29 * SECOND / 100, owed());
    }

    @Test
    void clockThatWentBackPaysNothing() {
        drive(BURST);
        read(30_000);
        restart(-TimeUnit.DAYS.toNanos(400));
        drive(BURST);
        assertEquals(30 * SECOND, owed());
    }

    @Test
    void clockFarAheadPaysEverything() {
        drive(BURST);
        read(30_000);
        restart(TimeUnit.DAYS.toNanos(365 * 60));
        drive(BURST);
        assertEquals(0, owed());
    }

    @Test
    void groupsAndFlushesKeepTheirDebts() {
        fixture.configureGroup("tenant", "bucket", BURST);
        configureFlushes();
        fixture.submit("vm1", Operation.READ, 0, 30_000);
        for (int flush = 0; flush < 4; flush++) {
            fixture.submit("vm1", Operation.FLUSH, 0, 0);
        }
        restart(SECOND / 2);
        fixture.configureGroup("tenant", "bucket", BURST);
        configureFlushes();
        assertEquals(
                29 * SECOND + SECOND / 2,
                fixture.group("tenant").snapshot().debt().nanos(BPS));
        TestRequest flush = fixture.submit("vm1", Operation.FLUSH, 0, 0);
        fixture.clock.advance(SECOND * 3 / 10);
        assertFalse(flush.isCompleted());
        fixture.clock.advance(SECOND * 2 / 10);
        assertTrue(flush.isCompleted());
    }

    private void configureFlushes() {
        fixture.engine.configure(DriveSettings.builder("vm1", "test")
                .group("tenant")
                .charging(new Charging(false, 1))
                .build());
    }

    @Test
    void limitsPerGibKeepTheirDebtAtTheirSize() {
        Map<String, Long> perGib = Map.of("bps_per_gib", 1L);
        drive(perGib);
        read(EngineFixture.SIZE / (1 << 30) * 30);
        restart(SECOND);
        drive(perGib);
        assertEquals(29 * SECOND, owed());
    }

    @Test
    void killForgetsNothingOfABurst() {
        drive(BURST);
        read(1_000);
        processes.save();
        fixture.clock.advance(SECOND / 4);
        read(4_000);
        long owed = owed();
        processes.kill();
        fixture = processes.start(++seed);
        drive(BURST);
        assertTrue(owed() >= owed, () -> owed() + " ns are less than " + owed + " ns");
        assertTrue(owed() <= owed + 5 * SECOND, () -> owed() + " ns are much more than " + owed + " ns");
    }

    @Test
    void idleDriveOwesItsExactDebtAfterAKill() {
        drive(BURST);
        read(30_000);
        processes.save();
        fixture.clock.advance(SECOND);
        processes.save();
        processes.kill();
        fixture = processes.start(++seed);
        drive(BURST);
        assertEquals(29 * SECOND, owed());
    }

    @Test
    void debtOfAnAbsentDriveWaitsInTheFile() {
        drive(BURST);
        read(30_000);
        restart(SECOND);
        fixture.configure("vm2", "bucket", null, BURST);
        fixture.submit("vm2", Operation.READ, 0, 20_000);
        restart(SECOND);
        drive(BURST);
        assertEquals(28 * SECOND, owed());
    }

    @Test
    void removedDriveLeavesNoDebt() {
        drive(BURST);
        read(30_000);
        processes.save();
        fixture.engine.removeDrive("vm1");
        restart(0);
        drive(BURST);
        assertEquals(0, owed());
    }

    @Test
    @Timeout(30)
    void pipeInPlaceOfTheFileIsNotRead() throws Exception {
        drive(BURST);
        read(30_000);
        processes.stop();
        Files.delete(file());
        assertEquals(0, new ProcessBuilder("mkfifo", file().toString()).start().waitFor());
        fixture = processes.start(++seed);
        drive(BURST);
        assertEquals(0, owed());
    }

    @Test
    void damagedLineIsIgnoredAndTheRestIsUsed() throws IOException {
        for (String name : new String[] {"vm0", "vm1", "vm2"}) {
            fixture.configure(name, "bucket", null, BURST);
            fixture.submit(name, Operation.READ, 0, 30_000);
        }
        processes.stop();
        Files.writeString(file(), Files.readString(file()).replace("drive vm0", "drive vmx") + "drive vm3\tat=");
        fixture = processes.start(++seed);
        for (String name : new String[] {"vm0", "vm1", "vm2", "vmx"}) {
            fixture.configure(name, "bucket", null, BURST);
            long expected = name.equals("vm1") || name.equals("vm2") ? 30 * SECOND : 0;
            assertEquals(expected, fixture.control(name).snapshot().debt().nanos(BPS), name);
        }
    }

    @Test
    void everyDamagedByteLeavesTheOtherDebts() throws IOException {
        drive(BURST);
        read(30_000);
        fixture.configure("vm2", "bucket", null, BURST);
        fixture.submit("vm2", Operation.READ, 0, 30_000);
        processes.stop();
        byte[] whole = Files.readAllBytes(file());
        int lines = Files.readAllLines(file()).get(0).length() + 1;
        for (int place = lines; place < whole.length; place += 7) {
            byte[] damaged = whole.clone();
            damaged[place] ^= (byte) (1 + place % 255);
            Files.write(file(), damaged);
            fixture = processes.start(++seed);
            drive(BURST);
            fixture.configure("vm2", "bucket", null, BURST);
            long both = owed() + fixture.control("vm2").snapshot().debt().nanos(BPS);
            assertTrue(both == 0 || both == 30 * SECOND || both == 60 * SECOND, place + ": " + both);
            processes.kill();
        }
    }

    @ParameterizedTest
    @CsvSource({"''", "x", "'# Weir''s debts, version 9'"})
    void fileOfAnotherKindIsIgnored(String text) throws IOException {
        processes.kill();
        Files.writeString(file(), text);
        fixture = processes.start(++seed);
        drive(BURST);
        assertEquals(0, owed());
        read(30_000);
        restart(SECOND);
        drive(BURST);
        assertEquals(29 * SECOND, owed());
    }

    @Test
    void fileBelongsToItsUserAlone() throws IOException {
        drive(BURST);
        read(30_000);
        processes.save();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
        assertFalse(Files.exists(home.resolve("debts.new")));
    }

    @Test
    void unchangedDebtsAreNotWrittenAgain() throws IOException {
        drive(BURST);
        read(30_000);
        processes.save();
        fixture.clock.advance(SECOND / 4);
        processes.save();
        Files.delete(file());
        for (int save = 0; save < 10; save++) {
            fixture.clock.advance(SECOND / 4);
            processes.save();
        }
        assertFalse(Files.exists(file()));
    }

    @Test
    void driveWithoutBurstWritesNothing() {
        drive(Map.of("bps", 100_000L, "iops", 100L));
        Load load = new Load(fixture, "vm1", Operation.READ, 500, 4);
        for (int save = 0; save < 10; save++) {
            fixture.clock.advance(SECOND / 4);
            processes.save();
        }
        load.stop();
        assertTrue(load.requests() > 200, load.requests() + " requests");
        assertFalse(Files.exists(file()));
    }

    @Test
    void failedSaveIsTriedAgain() throws IOException {
        drive(BURST);
        read(30_000);
        Files.createDirectory(home.resolve("debts.new"));
        Files.createFile(home.resolve("debts.new").resolve("full"));
        processes.save();
        assertFalse(Files.exists(file()));
        Files.delete(home.resolve("debts.new").resolve("full"));
        processes.save();
        assertTrue(Files.exists(file()));
        restart(SECOND);
        drive(BURST);
        assertEquals(29 * SECOND, owed());
    }

    @Test
    void everyLimitComesBackWithTimeAndUnits() {
        Map<String, Long> limits = Map.of("bps", 1_000L, "iops_rd", 10L, "iops_rd_max", 40L, "iops_size", 4_096L);
        drive(limits);
        read(30_000);
        fixture.control("vm1").limits(ThrottleLimits.of(Map.of("bps", 500L, "iops_rd", 9L, "iops_size", 4_096L)));
        String before = fixture.control("vm1").snapshot().debt().toString();
        restart(0);
        drive(Map.of("bps", 500L, "iops_rd", 9L, "iops_size", 4_096L));
        assertEquals(before, fixture.control("vm1").snapshot().debt().toString());
    }
}
