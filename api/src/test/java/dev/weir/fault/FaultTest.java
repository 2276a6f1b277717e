package dev.weir.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.block.Operation;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultTest {

    private static Fault fault(String words) {
        return Fault.of("f", FaultSettings.settings(Arrays.asList(words.split(" "))));
    }

    @Test
    void faultHasTheValuesOfItsSettings() {
        Fault fault = fault("on=read,write-zeroes error=ENOSPC percent=0.1 range=1MiB+4KiB when=after seed=5 for=30s");
        assertEquals(Set.of(Operation.READ, Operation.WRITE_ZEROES, Operation.FAST_ZERO), fault.operations());
        assertEquals(BlockError.ENOSPC, fault.error());
        assertEquals(0.1, fault.percent());
        assertEquals(new ByteRange(1 << 20, 4096), fault.range());
        assertTrue(fault.after());
        assertEquals(5, fault.seed());
        assertEquals(
                List.of(new Activity.Window(0, 30_000_000_000L)),
                fault.activity().windows());
    }

    @Test
    void faultWithoutOperationsHitsAllThatChangeOrReadData() {
        assertFalse(fault("error=EIO").operations().contains(Operation.BLOCK_STATUS));
        assertTrue(fault("error=EIO").operations().containsAll(Set.of(Operation.READ, Operation.TRIM)));
        assertEquals(Set.of(Operation.READ), fault("corrupt=1").operations());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "latency=2ms on=flush",
                "latency.p50=2ms latency.p99.9=400ms",
                "latency.min=1us latency.max=3us when=after",
                "latency.full-stroke=15ms latency.rpm=7200 latency.seek=7400us latency.track-to-track=230us on=read",
                "error=EIO nth=7",
                "hang=5s every=1m",
                "hang=until-cleared percent=0.5",
                "corrupt=2 sticky=false percent=10",
                "error=EIO schedule=1s+1s,5s+2s every=10s"
            })
    void textOfAFaultIsTheSameFault(String words) {
        Fault fault = fault(words);
        assertEquals(
                fault,
                FaultSettings.of(Map.of("faults", fault.toString())).faults().get(0));
        assertEquals(fault.settings(), fault(fault.text()).settings());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "on=flush|must have one of latency, error, hang and corrupt",
                "error=EIO latency=1ms|error = EIO: cannot be combined with latency; write a second fault",
                "error=EI0|error = EI0: must be an error of the block layer; did you mean EIO?",
                "error=EIO on=flsuh|on = flsuh: has no operation flsuh; did you mean flush?",
                "latency=2miles|latency = 2miles: must be a duration of at most 1h, such as 2ms or 500us",
                "latency=2h|latency = 2h: must be a duration of at most 1h, such as 2ms or 500us",
                "latency.min=3ms latency.max=2ms|latency.max = 2ms: must be longer than latency.min = 3ms",
                "on=read latency.track-to-track=9ms latency.seek=7ms latency.full-stroke=9ms latency.rpm=7200"
                        + "|latency.full-stroke = 9ms: must be longer than latency.track-to-track = 9ms",
                "on=read latency.track-to-track=1ms latency.seek=15ms latency.full-stroke=16ms latency.rpm=7200"
                        + "|latency.seek = 15ms: must be from 6001 to 12000us, so that the seek time rises with the"
                        + " distance",
                "latency.track-to-track=1ms latency.seek=8ms latency.full-stroke=16ms latency.rpm=7200"
                        + "|on: must be read, write or write-zeroes for a seek",
                "latency.p50=3ms latency.p99=2ms|latency: must not fall from one percentile to the next: [3ms, 2ms]",
                "latency.p0=3ms|latency.p0 = 3ms: must be a percentile above p0 and up to p100",
                "latency.p50=1ms latency.min=1ms|latency: must be a duration or a block of p50 and other percentiles,"
                        + " min and max (uniform), mean and stddev (normal), median and sigma (lognormal), seek,"
                        + " track-to-track, full-stroke and rpm (hard disk), but has min, p50",
                "error=EIO percent=0|percent = 0: must be a number above 0 and at most 100",
                "error=EIO percent=101|percent = 101: must be a number above 0 and at most 100",
                "error=EIO nth=0|nth = 0: must be a whole number of 1 or more",
                "error=EIO nth=1 percent=1|nth = 1: cannot be combined with percent",
                "error=EIO range=4KiB|range = 4KiB: must be OFFSET+LENGTH, such as 1MiB+4KiB",
                "error=EIO range=0+0|range = 0+0: must be OFFSET+LENGTH, such as 1MiB+4KiB",
                "error=EIO on=read until=written|until = written: needs a range",
                "error=EIO until=written range=0+512|until = written: needs \"on\" without write and write-zeroes,"
                        + " which repair",
                "error=EIO on=read until=written range=1+512|range = 1+512: must be in multiples of 512 because of"
                        + " until = written",
                "latency=1ms until=written on=read range=0+512|until = written: needs error or corrupt",
                "hang=soon|hang = soon: must be a duration above 0 such as 500ms or 30s or until-cleared",
                "hang=5s every=5s|every = 5s: must be longer than 5s, the end of hang",
                "hang=5s for=5s|for = 5s: cannot be combined with hang = 5s",
                "error=EIO every=5s|every = 5s: needs for, schedule or a hang with a duration",
                "error=EIO schedule=5s+1s,6s+1s|schedule = 5s+1s,6s+1s: must be START+LENGTH in ascending order with"
                        + " gaps, such as 10s+5s,60s+1s",
                "hang=5s when=after|when = after: does not go with hang",
                "error=EIO sticky=true|sticky = true: does not go with error",
                "corrupt=0|corrupt = 0: must be a whole number of 1 to 4096",
                "corrupt=1 on=write|on = write: must be read for corrupt",
                "error=EIO percnt=1|percnt = 1: unknown key; did you mean percent?",
                "error=EIO seed=-1|seed = -1: must be a whole number of 0 or more"
            })
    void brokenRulesAreTold(String words, String message) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> fault(words));
        assertEquals(message, refused.getMessage());
    }

    @Test
    void nameMustNotContainTheSeparatorsOfTheText() {
        assertEquals(1, Fault.brokenRules("a b", Map.of("error", "EIO")).size());
        assertEquals(1, Fault.brokenRules("a;", Map.of("error", "EIO")).size());
        assertEquals(1, Fault.brokenRules("", Map.of("error", "EIO")).size());
    }

    @Test
    void settingsRefuseTwoFaultsOfOneName() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> FaultSettings.of(Map.of("faults", "a error=EIO; a hang=5s")));
        assertEquals("fault a: is set twice", refused.getMessage());
    }

    @Test
    void errorsInTextNameTheFault() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> FaultSettings.of(Map.of("faults", "a error=EIO; b error=E")));
        assertTrue(String.valueOf(refused.getMessage()).startsWith("fault b: error = E: "), refused::toString);
    }

    @Test
    void powerCutHasTheValuesOfItsSettings() {
        assertEquals(new PowerCut(PowerCut.Keep.NONE, 0, null, 0), PowerCut.of(Map.of()));
        assertEquals(
                new PowerCut(PowerCut.Keep.RANDOM, 512, 7L, 5_000_000_000L),
                PowerCut.of(Map.of("keep", "random", "tear", "512", "seed", "7", "after", "5s")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "keep|some|keep = some: must be none or prefix or random or all",
                "tear|1024|tear = 1024: must be 0 or 512 or 4096",
                "after|2d|after = 2d: must be a duration of at most 1d, such as 500ms or 5s",
                "kep|none|kep = none: unknown key; did you mean keep?"
            })
    void brokenRulesOfAPowerCutAreTold(String key, String value, String message) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> PowerCut.of(Map.of(key, value)));
        assertEquals(message, refused.getMessage());
    }

    @Test
    void activityFollowsItsWindowsAndPeriod() {
        Activity activity = fault("error=EIO schedule=1s+1s,5s+2s every=10s").activity();
        long second = 1_000_000_000L;
        boolean[] active = new boolean[20];
        for (int i = 0; i < active.length; i++) {
            active[i] = activity.isActive(i * second);
            long next = activity.nextChange(i * second);
            assertTrue(next > i * second && activity.isActive(next) != activity.isActive(next - 1));
        }
        assertTrue(active[1] && active[5] && active[6] && active[11] && active[16]);
        assertFalse(active[0] || active[2] || active[4] || active[7] || active[10]);
        assertEquals(Activity.NEVER, Activity.ALWAYS.nextChange(5));
    }

    @Test
    void listOfAShellIsRefused() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> FaultSettings.settings(List.of("on=", "[read=1]")));
        assertEquals("\"[read=1]\": must be KEY=VALUE without brackets: on=read,write", refused.getMessage());
    }
}
