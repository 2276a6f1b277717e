package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.typesafe.config.Config;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands of another process against a running Weir. */
class ShellIT {
    private static final int TRIES = 40;

    @TempDir
    private Path home;

    @Test
    void showsHeldRequests() throws IOException {
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
                    long goesInNanos = request.getLong("goes_in_nanos");
                    // the first may be due, and its timer about to release it
                    assertEquals(goesInNanos == 0 ? "turn" : "bps", request.getString("held_by"));
                    assertTrue(goesInNanos < 2_000_000_000L, request::toString);
                }
                await(weir, "timers", timers -> timers.get(0).getBoolean("armed"));
            } finally {
                fio.destroyForcibly();
                fio.onExit().join();
            }
            // the client's queued requests were dropped with its connection
            await(weir, "queue vm1", List::isEmpty);
            await(weir, "timers", timers -> !timers.get(0).getBoolean("armed"));
        }
    }

    /**
     * A client sends 40 reads and writes of different ranges to a drive limited to one byte per second, and prints
     * the unanswered ones.
     */
    private static final String OUTSTANDING =
            """
            import os, sys
            h.connect_uri(os.environ["URI"])
            outstanding = set()
            for i in range(40):
                place, length = 65536 * i, 512 * (i + 1)
                asked = ("%s %d %d" % ("write" if i % 3 == 0 else "read", place, length))
                outstanding.add(asked)
                def completed(error, asked=asked):
                    outstanding.discard(asked)
                    return 1
                if i % 3 == 0:
                    h.aio_pwrite(bytearray(length), place, completion=completed)
                else:
                    h.aio_pread(nbd.Buffer(length), place, completion=completed)
            while len(outstanding) == 40:
                h.poll(1000)
            while h.poll(1000) > 0:
                pass
            print(",".join(sorted(outstanding)), flush=True)
            sys.stdin.read()
            """;

    /** Repeats a command until its answer matches, and returns the answer. */
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
    void queueMatchesTheClient() throws IOException {
        Client.need("nbdsh");
        try (Weir weir = Weir.start(home, "-drive", "id=vm1,memory=64M,bps=1")) {
            ProcessBuilder nbdsh = Client.nbdsh(OUTSTANDING);
            nbdsh.environment().put("URI", weir.uri("vm1"));
            Process client =
                    nbdsh.redirectError(ProcessBuilder.Redirect.INHERIT).start();
            try (BufferedReader said = client.inputReader()) {
                String outstanding = said.readLine();
                List<String> queue = await(weir, "queue vm1", waiting -> waiting.size() == 39).stream()
                        .map(request -> "%s %d %d"
                                .formatted(
                                        request.getString("operation"),
                                        request.getLong("offset_bytes"),
                                        request.getLong("length_bytes")))
                        .sorted()
                        .toList();
                assertEquals(outstanding, String.join(",", queue));
            } finally {
                client.destroyForcibly();
                client.onExit().join();
            }
        }
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
            Client.Result endless = weir.exec("f = { f }; f");
            assertEquals(1, endless.status());
            assertTrue(endless.err().contains("more than 64 commands run at once"), endless::toString);
            weir.exec("drives").ok();
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

    @Test
    void aLineIsUnderstoodAsAShellWould() throws IOException {
        Path folder = Files.createDirectory(home.resolve("folder"));
        Path base = home.resolve("home");
        try (Weir weir = Weir.start(base, "-drive", "id=vm1,memory=1M", "-drive", "id=vm2,memory=1M")) {
            String both = weir.exec("drives; timers").ok().out();
            assertTrue(both.contains("POLICY") && both.contains("WORST LATE"), both);
            ProcessBuilder into = Weir.command(base, "exec", "drives > list; timers >> list");
            Client.run(into.directory(folder.toFile()), "").ok();
            String list = Files.readString(folder.resolve("list"));
            assertTrue(list.contains("POLICY") && list.contains("WORST LATE"), list);
            assertEquals("2\n", weir.exec("drives | grep -c vm").ok().out());
            assertEquals(
                    "tail: nosuch: no such file or folder\n",
                    weir.exec("tail -n 2 nosuch").err());
            for (String reader : List.of("cat", "head", "less", "sort", "tail", "wc", "grep x")) {
                String error = weir.ask(reader + " nosuch").err();
                assertTrue(error.contains("nosuch: no such file or folder") && !error.contains("java."), error);
            }
            Client.Result unknown = weir.exec("foo | grep x");
            assertEquals(new Client.Result(1, "", "weir: unknown command \"foo\"; try \"help\"\n"), unknown);
            assertTrue(weir.exec("drive vm9 | grep x").err().startsWith("weir: no drive \"vm9\""));
            assertFalse(weir.ask("cd nosuch").err().contains("java."));
            assertTrue(weir.exec("drive vm*").err().contains("no drive \"vm*\"; there are vm1, vm2"));
            assertTrue(weir.exec("(".repeat(9000)).err().contains("nested deeper than 64"));
            assertTrue(weir.exec("stop 1").err().contains("felix:stop"));
            // the home at the end, as the manual has it
            ProcessBuilder last = Weir.command(base, "exec", "drives");
            last.command().subList(2, 4).clear();
            last.command().addAll(List.of("--home", base.toString()));
            assertTrue(Client.run(last, "").ok().out().contains("vm2"));
        }
    }

    @Test
    void statusIsNotHealthyWithoutTheEngine() {
        try (Weir weir = Weir.start(home, "-drive", "id=vm1,memory=1M")) {
            String engine = weir.bundle("weir-engine");
            weir.stop(engine);
            Client.Result status = Client.run(Weir.command(home, "status"), "");
            assertEquals(3, status.status(), status::out);
            assertTrue(status.out().contains("vm1 unavailable: the drive does not exist in the engine"), status::out);
            weir.start(engine);
            weir.await(() -> Client.run(Weir.command(home, "status"), "").status() == 0);
            assertEquals(0, weir.stop());
            assertFalse(weir.log().contains("removed"), weir::log);
            assertTrue(weir.log().contains("drive vm1 is closed: the engine stops"), weir::log);
        }
    }

    @Test
    void aLeavingReaderEndsTheAnswerSilently() {
        try (Weir weir = Weir.start(home, "-drive", "id=vm1,memory=1M")) {
            String command = String.join(
                    " ",
                    Weir.command(home, "exec", "'" + "help --all; ".repeat(99) + "'")
                            .command());
            assertEquals(
                    "141\n",
                    Client.run("bash", "-c", command + " 2>&1 | true; echo ${PIPESTATUS[0]}")
                            .ok()
                            .out());
            assertTrue(weir.exec("drives").ok().out().contains("vm1"));
        }
    }

    @Test
    void statusTellsHealthByItsExitStatus() throws IOException {
        Path image = home.resolve("missing.img");
        Path config = Files.writeString(
                home.resolve("weir.conf"), "weir.drives { vm1 { backend { type = memory, size = 1MiB } } }\n");
        try (Weir weir =
                Weir.start(home.resolve("home"), "--config", config.toString(), "--listen", "tcp:127.0.0.1:0")) {
            Path base = home.resolve("home");
            assertEquals(0, Client.run(Weir.command(base, "status"), "").status());
            Files.writeString(config, "weir.drives { vm1 { backend { type = file, path = \"" + image + "\" } } }\n");
            weir.await(() -> Client.run(Weir.command(base, "status"), "").status() == 3);
            assertEquals(
                    3, Client.run(Weir.command(base, "status", "--json"), "").status());
        }
    }
}
