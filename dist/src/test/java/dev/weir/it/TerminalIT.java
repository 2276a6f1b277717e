package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands typed at a terminal attached to a running Weir, and the screen. Clients keep the drives saturated. */
class TerminalIT {
    private static final String PROMPT = "weir>";
    private static final String ROW = " +[\\d.]+ [KM]iB/s +\\d+  %s +[·▁-▏]{8} +\\d+%% +\\d+ [▁-█]{9} +[\\d.]+ ms\n";

    /** The live view of two busy drives and an idle one. */
    private static final Pattern FRAME = Pattern.compile(
            "3 drives, .*\n  DRIVE .*\n> vm1"
                    + ROW.formatted("bps 8MiB") + "  scratch" + ROW.formatted("iops_wr 100")
                    + "  idle .*\n+q leave .*\n",
            Pattern.MULTILINE);

    private static final AtomicInteger TERMINALS = new AtomicInteger();

    @TempDir
    private static Path folder;

    private static Weir weir;
    private static List<Process> clients = List.of();

    private Tmux terminal;

    @BeforeAll
    static void start() throws IOException {
        Client.need("tmux");
        Client.needFio();
        Path config = Files.writeString(
                folder.resolve("weir.conf"),
                """
                weir {
                  groups.tenant-a { limits { iops = 5000 } }
                  drives {
                    vm1 { backend { type = memory, size = 64MiB }, group = tenant-a, limits { bps = 8MiB } }
                    scratch { backend { type = memory, size = 16MiB }, policy = slice, limits { iops_wr = 100 } }
                    idle { backend { type = memory, size = 1MiB }, limits { bps = 1MiB } }
                  }
                }
                """);
        Path home = folder.resolve("home");
        Path socket = home.resolve("run/nbd.sock");
        weir = Weir.start(home, "--config", config.toString(), "--listen", "unix:" + socket);
        clients = List.of(fio("vm1", "randread", "64k"), fio("scratch", "randwrite", "4k"));
    }

    private static Process fio(String drive, String rw, String bs) throws IOException {
        // --thread: all of fio in one process, which can be ended
        return new ProcessBuilder(
                        "fio",
                        "--name=" + drive,
                        "--thread",
                        "--ioengine=nbd",
                        "--uri=" + weir.uri(drive),
                        "--rw=" + rw,
                        "--bs=" + bs,
                        "--iodepth=16",
                        "--size=16m",
                        "--time_based",
                        "--runtime=600")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    @AfterAll
    static void stop() {
        clients.forEach(client -> client.destroyForcibly().onExit().join());
        if (weir != null) {
            weir.close();
        }
    }

    @BeforeEach
    void attach() {
        terminal = attach("");
    }

    private static Tmux attach(String environment) {
        Path home = folder.resolve("home");
        String command = "%s JAVA_HOME='%s' %s; echo left $?"
                .formatted(
                        environment,
                        System.getProperty("java.home"),
                        String.join(" ", Weir.command(home, "shell").command()));
        Tmux tmux = Tmux.run(folder.resolve("tmux-" + TERMINALS.incrementAndGet()), command);
        tmux.await(PROMPT);
        return tmux;
    }

    @AfterEach
    void detach() {
        if (terminal != null) {
            terminal.close();
        }
    }

    @Test
    void answersFitTheScreen() {
        terminal.enter("drives").await("NAME     STATE", "vm1      serving", "scratch  serving", "idle     serving");
        terminal.enter("clear; drive vm1")
                .await("weir.conf:4", "8MiB/s", "group     tenant-a", "held      p50", "storage   p50", "attach");
        terminal.enter("clear; queue scratch").await("HELD BY", "iops_wr", "write");
        terminal.enter("clear; queue --summary").await("ALL GO IN", "bps", "iops_wr", "REQ/S");
        terminal.enter("clear; timers").await("DUE IN", "armed", "LAST LATE");
        terminal.enter("clear; groups").await("tenant-a  serving", "iops=5000", "vm1");
        terminal.enter("clear; policies").await("TYPE    DRIVES", "bucket  vm1, idle", "slice   scratch");
        terminal.enter("clear; backends").await("file", "memory", "size=BYTES");
        terminal.enter("clear; drives | grep idle").await("idle     serving");
        assertFalse(terminal.hasBlack(), terminal::screen);
        assertFalse(terminal.screen().contains("scratch  serving"), terminal::screen);
        terminal.enter("clear; help weir:queue").await("Usage: queue [NAME|GROUP] [--summary] [--json]");
        terminal.enter("clear; queue vm9")
                .await("weir: no drive or group \"vm9\"; there are vm1, scratch, idle, tenant-a");
        terminal.enter("clear; nosuch").await("weir: unknown command \"nosuch\"; try \"help\"");
        terminal.enter("clear; timers --json").await("[{\"time\":\"2", "\"drive\":\"vm1\",\"armed\":");
    }

    @Test
    void aDumbTerminalShowsWhatIsTyped() {
        try (Tmux dumb = attach("TERM=dumb")) {
            dumb.type("timerx").press("BSpace").type("s").await(PROMPT + " timers");
            dumb.press("Enter").await("DUE IN", "scratch");
            dumb.enter("exit").await("left 0");
        }
    }

    @Test
    void treesHaveBranchesThatTheTerminalShows() {
        terminal.enter("group add disks parent=tenant-a; group add db parent=disks; group add web parent=tenant-a")
                .await("added group web");
        try (Tmux ascii = attach("LC_ALL=C")) {
            terminal.enter("clear; groups").await("├─disks", "│ └─db", "└─web");
            ascii.enter("groups").await("|-disks", "| `-db", "`-web");
            terminal.enter("watch").await("> vm1");
            terminal.type("t").await("  ├─disks", "  │ └─db", "  ├─web", "  └─vm1");
            terminal.type("q").await(PROMPT);
        } finally {
            terminal.enter("clear; group remove db; group remove disks; group remove web")
                    .await("removed group web");
        }
    }

    @Test
    void execFitsItsTerminal() {
        String exec = String.join(
                " ", Weir.command(folder.resolve("home"), "exec", "drives").command());
        String java = "JAVA_HOME='%s' ".formatted(System.getProperty("java.home"));
        try (Tmux tmux = Tmux.run(folder.resolve("tmux-exec"), "LC_ALL=C " + java + exec)) {
            tmux.await("a header that is cut in ASCII", screen -> screen.lines()
                    .anyMatch(line -> line.startsWith("NAME ") && line.endsWith("~")));
        }
    }

    @Test
    void limitsWrapOnANarrowTerminal() {
        terminal.enter("limits idle iops=500 iops_max=2000 iops_max_length=30s bps_wr=512k")
                .await("2000/s");
        String drives = terminal.enter("clear; drives")
                .await("bps=1MiB ", "bps_wr=512KiB", "iops=500", "iops_max=2000", "iops_max_length=30s");
        assertTrue(drives.lines().allMatch(line -> line.length() <= 80), drives);
        terminal.enter("clear; reload --restore").await("restored");
    }

    @Test
    void changesLastUntilReload() {
        terminal.enter("limits idle bps=2M iops=9")
                .await("until reload --restore; the configuration has bps=1MiB iops=0", "shell");
        terminal.enter("clear; policy idle slice").await("policy    slice (shell)");
        terminal.enter("clear; limits idle bps_max=4M").await("slice");
        terminal.enter("clear; group tenant-a iops=4k")
                .await("until reload --restore; the configuration has iops=5000");
        terminal.enter("clear; limits tenant-a").await("4000/s", "shell");
        terminal.enter("clear; drain idle").await("drive     idle", "in flight 0");
        terminal.enter("clear; reload --restore")
                .await("restored  drive idle: bps=1MiB iops=0 policy=bucket", "group tenant-a: iops=5000");
        terminal.enter("clear; limits idle").await("1MiB/s", "weir.conf:6");
    }

    @Test
    void completionAndHistoryWork() {
        terminal.type("time").press("Tab").await(PROMPT + " timers");
        terminal.press("C-u").type("queue scr").press("Tab").await(PROMPT + " queue scratch");
        terminal.press("C-u").type("limits idle iops_r").press("Tab").await(PROMPT + " limits idle iops_rd");
        terminal.press("C-u").type("policy idle sl").press("Tab").await(PROMPT + " policy idle slice");
        terminal.press("C-u").type("bench idle --se").press("Tab").await(PROMPT + " bench idle --seconds");
        terminal.press("C-u").type("dr").press("Tab").await("drive ", "drives ", "lists the drives");
        terminal.press("C-u").enter("timers").await("DUE IN");
        terminal.press("C-l", "Up").await(PROMPT + " timers");
        terminal.press("C-u").enter("exit").await("left 0");
        terminal.close();
        terminal = attach("");
        terminal.press("Up").await(PROMPT + " exit");
        terminal.press("Up").await(PROMPT + " timers");
    }

    @Test
    void watchRedrawsAndQuits() throws IOException {
        terminal.enter("watch");
        String frame = terminal.await("the rates, queues and timers of both", screen -> FRAME.matcher(screen)
                .matches());
        assertEquals(24, frame.lines().count());
        assertTrue(terminal.isColoured(), frame);
        assertFalse(terminal.hasBlack(), frame);
        // the page shows a frame that was recorded here
        Files.writeString(Path.of("target", "watch.txt"), frame);
        String page = Files.readString(Path.of("..", "docs", "guides", "getting-started.md"));
        assertTrue(shape(page).contains(shape(frame)), () -> shape(frame) + " is not in getting-started.md");
        terminal.press("Down").await("> scratch");
        terminal.press("Enter").await("scratch: serving, policy slice", "iops_wr 100", "timer", "HELD BY", "esc back");
        terminal.type("l").await("limits scratch ▏");
        terminal.enter("iops_wr=200").await("iops_wr 200", "until reload --restore");
        terminal.type("l").enter("iops_wr=-1").await("must be 0 (no limit) or more");
        terminal.press("Escape").await("3 drives");
        terminal.resize(60, 10);
        terminal.await(
                "all of it in ten lines",
                screen -> screen.lines().count() == 10
                        && screen.startsWith("3 drives")
                        && screen.contains("must be 0 (no limit)"));
        terminal.resize(140, 30);
        terminal.await("3 drives", "> scratch", "READS", "WRITES", "LATENCY");
        terminal.press("Home").await("> vm1");
        terminal.press("End").await("> idle");
        terminal.type("/scr").await("> scratch", "find scr▏", "with \"scr\"");
        terminal.press("Escape").await("> scratch", "  vm1");
        terminal.type("g").await("GROUP", "> tenant-a", "iops 5000");
        terminal.press("Enter").await("of tenant-a", "> vm1");
        terminal.type("?").await("filters by name");
        terminal.press("Escape", "Escape", "Escape").await("scratch");
        terminal.type("q").await(PROMPT);
        terminal.enter("clear; limits scratch iops_wr=100").await("100/s");
    }

    @Test
    void watchShowsTheKeyOfALongGroupsLimit() {
        terminal.enter("group add tenant-b-production-databases bps=8M").await("added group");
        terminal.enter("clear; drive add late memory=1M group=tenant-b-production-databases")
                .await("added drive late");
        try {
            terminal.enter("watch").await("  late ", "…: bps 8MiB");
            terminal.type("q").await(PROMPT);
        } finally {
            terminal.enter("clear; drive remove late; group remove tenant-b-production-databases")
                    .await("removed group");
        }
        terminal.enter("clear; reload").await("applied");
        assertFalse(terminal.screen().contains("kept"), terminal::screen);
    }

    /** Returns a frame with numbers replaced, for comparison. */
    private static String shape(String screen) {
        return screen.replaceAll("[\\d.]+", "0").replaceAll("[ ·▁-▏]+", " ").replaceAll(" *\n+", "\n");
    }

    @Test
    void benchShowsProgressAndConfirmsWrites() {
        terminal.enter("bench idle --seconds 2").await("%", "done");
        terminal.await("load      randread of 4 KiB, 16 at a time, 2 s", "allowed   bps 1MiB/s, of which ", "latency");
        terminal.enter("clear; bench scratch --rw randwrite --seconds 1")
                .await("destroys its data;", "1 client uses it now. Continue? [y/N]");
        terminal.type("n").await("weir: nothing was written");
        terminal.enter("clear; bench idle --rw randwrite --seconds 1").await("no client uses it. Continue? [y/N]");
        terminal.type("y").await("load      randwrite");
        terminal.enter("clear; bench idle --seconds 60").await("done");
        terminal.press("C-c").await("weir: interrupted");
    }

    @Test
    void shellReturnsAfterItsUpdate() {
        String shell = weir.bundle("weir-shell");
        terminal.enter("x = old").await("\nold");
        terminal.enter("clear; echo was $x").await("was old\n");
        terminal.enter("clear; update " + shell)
                .await("nothing but a prompt", screen -> screen.strip().equals(PROMPT));
        // in a separate session
        terminal.enter("echo now $x").await("now null\n");
        terminal.enter("clear; queue scratch").await("HELD BY");
        assertEquals(0, weir.countLogged("a request from the shell failed"));
    }

    @Test
    void hangingShellBlocksNoOther() {
        try (Tmux second = attach("NO_COLOR=1")) {
            terminal.enter("sleep 100");
            second.enter("watch").await("> vm1", "q leave", "█");
            assertFalse(second.isColoured(), second::screen);
            second.press("C-c").await(PROMPT);
            assertTrue(weir.exec("drives").ok().out().contains("vm1"));
            terminal.press("C-c").await("weir: interrupted");
            second.press("C-d").await("left 0");
        }
        assertTrue(weir.exec("watch").ok().out().contains("3 drives"), "one frame without a terminal");
    }
}
