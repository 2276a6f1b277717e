package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands of another process show of a running Weir. */
class ShellIT {
    private static final int TRIES = 40;

    @TempDir
    private Path home;

    @Test
    void showsWhatIsHeldBack() throws IOException {
        Client.needFio();
        try (Weir weir = Weir.start(home, "-drive", "id=vm1,memory=64M,bps=1M")) {
            // --thread: all of fio in one process, which can be ended
            Process fio = new ProcessBuilder(
                            "fio",
                            "--name=held",
                            "--thread",
                            "--ioengine=nbd",
                            "--uri=" + weir.uri("vm1"),
                            "--rw=randwrite",
                            "--bs=64k",
                            "--iodepth=16",
                            "--size=64m",
                            "--time_based",
                            "--runtime=60")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                for (Config request : await(weir, "queue vm1", queue -> queue.size() >= 10)) {
                    assertEquals("write", request.getString("operation"));
                    assertEquals(65536, request.getLong("length_bytes"));
                    assertEquals("bps", request.getString("held_by"));
                    assertTrue(request.getLong("goes_in_nanos") < 2_000_000_000L, request::toString);
                }
                await(weir, "timers", timers -> timers.get(0).getBoolean("armed"));
            } finally {
                fio.destroyForcibly();
                fio.onExit().join();
            }
            // what the client had in the queue went with it
            await(weir, "queue vm1", List::isEmpty);
            await(weir, "timers", timers -> !timers.get(0).getBoolean("armed"));
        }
    }

    /** Runs a command until its answer is as wanted, and returns that. */
    private static List<? extends Config> await(Weir weir, String command, Predicate<List<? extends Config>> wanted) {
        List<? extends Config> answer = List.of();
        for (int i = 0; i < TRIES; i++) {
            answer = weir.exec(command + " --json").json();
            if (wanted.test(answer)) {
                return answer;
            }
        }
        return fail(command + " answers " + answer);
    }

    @Test
    void wrongCommandFails() {
        try (Weir weir = Weir.start(home, "-drive", "id=vm1,memory=1M")) {
            Client.Result unknown = weir.exec("no-such-command");
            assertEquals(1, unknown.status());
            assertTrue(unknown.err().contains("no-such-command"), unknown::toString);
            Client.Result missing = weir.exec("drive vm9");
            assertEquals(1, missing.status());
            assertTrue(missing.err().contains("vm9") && missing.err().contains("vm1"), missing::toString);
        }
    }

    @Test
    void statusAndStop() {
        try (Weir weir = Weir.start(home, "-drive", "id=vm1,memory=1M")) {
            String status = Client.run(Weir.command(home, "status"), "").ok().out();
            assertTrue(status.contains("vm1") && status.contains(Long.toString(weir.pid())), status);
            Client.run(Weir.command(home, "stop"), "").ok();
            assertEquals(0, weir.awaitEnd());
        }
        Client.Result status = Client.run(Weir.command(home, "status"), "");
        assertEquals(1, status.status());
        assertTrue(status.err().contains("no Weir runs in " + home), status::err);
        assertFalse(Client.run(Weir.command(home, "stop"), "").status() == 0);
    }
}
