package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups and drives move in the tree of limits and back while a client is attached. */
class GroupMovesIT {
    private static final String FILE =
            """
            weir {
              groups {
                slow { limits { iops = 20 } }
                fast { limits { iops = 100 } }
                tenant { parent = slow, weight = 2 }
              }
              drives.vm1 { backend { type = memory, size = 1MiB }, group = %s }
            }
            """;

    @TempDir
    private Path home;

    private void write(String group) throws IOException {
        Files.writeString(home.resolve("weir.conf"), FILE.formatted(group));
    }

    /** Waits until the queue names the limit, and measures the rate for a second. */
    private static void assertHeldBy(Weir weir, String limit, int iops) {
        weir.await(() -> vm1(weir).getString("held_by").equals(limit));
        long before = vm1(weir).getLong("counters.writes");
        long begin = System.nanoTime();
        Weir.pause(1_000);
        long more = vm1(weir).getLong("counters.writes") - before;
        double allowed = iops * ((System.nanoTime() - begin) / 1e9 + 0.1) + 1;
        assertTrue(more <= allowed, more + " writes of at most " + allowed);
        assertTrue(more > 0, "no writes");
    }

    private static Config vm1(Weir weir) {
        return weir.ask("drive vm1 --json").object();
    }

    @Test
    void movedGroupAndDriveReturn() throws IOException {
        write("tenant");
        try (Weir weir = Weir.start(home);
                SaturatingClient client = new SaturatingClient(weir, "vm1")) {
            assertHeldBy(weir, "slow: iops", 20);

            weir.ask("group tenant parent=fast weight=1").ok();
            assertHeldBy(weir, "fast: iops", 100);
            weir.ask("group tenant parent=slow weight=2").ok();
            assertHeldBy(weir, "slow: iops", 20);

            weir.ask("group tenant parent=fast iops=5").ok();
            weir.ask("reload --restore").ok();
            assertHeldBy(weir, "slow: iops", 20);
            Config tenant = weir.ask("group tenant --json").object();
            assertEquals("slow", tenant.getString("parent"));
            assertEquals(2, tenant.getInt("weight"));

            write("fast");
            weir.ask("reload").ok();
            assertHeldBy(weir, "fast: iops", 100);
            write("tenant");
            weir.ask("reload").ok();
            assertHeldBy(weir, "slow: iops", 20);
            assertEquals("", client.failure());
        }
    }
}
