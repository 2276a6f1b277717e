package dev.weir.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.shell.syntax.CommandFault;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Changes of the limits of one drive or group by several shells. */
final class LimitChangeTest {
    @Test
    void changesAtTheSameTimeAreAllKept() throws Exception {
        TestDrive drive = TestDrive.idle("vm1");
        ExecutorService shells = Executors.newFixedThreadPool(2);
        try {
            for (long i = 1; i <= 600; i++) {
                String value = String.valueOf(i);
                List<Callable<Boolean>> changes =
                        List.of(() -> change(drive, "iops=" + value), () -> change(drive, "bps=" + value));
                for (Future<Boolean> change : shells.invokeAll(changes)) {
                    change.get();
                }
                ThrottleLimits limits = drive.snapshot().limits();
                assertEquals(i, limits.rate(LimitKey.IOPS));
                assertEquals(i, limits.rate(LimitKey.BPS));
            }
        } finally {
            shells.shutdown();
        }
    }

    private static boolean change(TestDrive drive, String word) {
        LimitChange.apply(drive, List.of(word), text -> new CommandFault(text), saved -> {});
        return true;
    }
}
