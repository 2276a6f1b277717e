package dev.weir.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.shell.gogo.CommandCompleter;
import dev.weir.throttle.ThrottleLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.felix.gogo.jline.Parser;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.felix.service.command.CommandSession;
import org.jline.reader.Candidate;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.Parser.ParseContext;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Completes words at the end of a line in a real Gogo session. */
final class CommandCompleterTest {
    private final Services services = TestServices.of(TestDrive.busy("vm1"), TestDrive.idle("scratch"));
    private final CommandProcessorImpl gogo = new CommandProcessorImpl(new ThreadIOImpl());
    private final CommandSession session;
    private final CommandCompleter completer;
    private final LineReader reader =
            LineReaderBuilder.builder().terminal(dumb()).build();

    CommandCompleterTest() {
        for (String name : List.of("drives", "drive", "queue", "groups")) {
            gogo.addCommand("weir", new DriveCommands(services), name);
        }
        gogo.addCommand("weir", new ChangeCommands(services), "limits");
        gogo.addCommand("weir", new ChangeCommands(services), "group");
        gogo.addCommand("weir", new ChangeCommands(services), "policy");
        gogo.addCommand("weir", new FaultCommands(services), "fault");
        gogo.addCommand("weir", new PowerCutCommand(services), "power-cut");
        gogo.addCommand("weir", new HelpCommand(), "help");
        gogo.addCommand("weir", new BenchCommand(services, new TestClock(1)), "bench");
        gogo.addCommand("other", new DriveCommands(services), "timers");
        gogo.addConverter(new ViewConverter());
        session = gogo.createSession(
                InputStream.nullInputStream(), OutputStream.nullOutputStream(), OutputStream.nullOutputStream());
        completer = new CommandCompleter(services, session);
    }

    private static Terminal dumb() {
        try {
            return new DumbTerminal(InputStream.nullInputStream(), OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        session.close();
        gogo.stop();
    }

    private List<Candidate> candidates(String line) {
        List<Candidate> candidates = new ArrayList<>();
        completer.complete(reader, new Parser().parse(line, line.length(), ParseContext.COMPLETE), candidates);
        return candidates;
    }

    private List<String> offered(String line) {
        return candidates(line).stream().map(Candidate::value).toList();
    }

    @Test
    void wordsOfFaultsAreOffered() {
        new FaultCommands(services).fault("vm1", "slow", "latency=2ms");
        assertEquals(List.of("slow"), offered("fault vm1 "));
        assertTrue(offered("fault vm1 slow ").containsAll(List.of("on=", "latency=", "until=")));
        assertTrue(offered("fault vm1 slow on=read,").containsAll(List.of("on=read,flush", "on=read,write")));
        assertTrue(offered("fault vm1 slow error=").contains("error=ENOSPC"));
        assertEquals(List.of("vm1", "scratch"), offered("power-cut "));
        assertEquals(List.of("keep=none", "keep=prefix", "keep=random", "keep=all"), offered("power-cut vm1 keep="));
    }

    @Test
    void ownCommandsComeFirst() {
        assertEquals(
                List.of(
                        "bench",
                        "drive",
                        "drives",
                        "fault",
                        "group",
                        "groups",
                        "help",
                        "limits",
                        "policy",
                        "power-cut",
                        "queue"),
                offered(""));
        assertTrue(offered("t").contains("timers"));
        assertTrue(offered("weir:d").contains("weir:drives"));
        Candidate queue = candidates("queue").stream()
                .filter(candidate -> candidate.value().equals("queue"))
                .findFirst()
                .orElseThrow();
        assertEquals("lists the waiting requests: age, the limit that holds them, time until release", queue.descr());
    }

    @Test
    void usageArgumentsAreOffered() {
        assertEquals(List.of("add", "set", "rename", "remove", "show", "vm1", "scratch"), offered("drive "));
        assertEquals(List.of("vm1", "scratch"), offered("drive remove "));
        assertEquals(List.of(), offered("drive vm1 "));
        assertTrue(offered("drive add vm2 ").containsAll(List.of("memory=", "group=", "bps=")));
        assertEquals(List.of("tenant-a", "tenant-b"), offered("group set "));
        assertTrue(offered("group set tenant-a ").containsAll(List.of("parent=", "iops=")));
        assertEquals(offered("limits vm1 "), offered("group tenant-a "));
        assertEquals(List.of("vm1", "scratch", "tenant-a", "tenant-b"), offered("drives | grep vm; queue "));
        assertEquals(List.of("bucket", "slice"), offered("policy vm1 "));
        assertEquals(List.of(), offered("policy vm1 slice "));
        assertEquals(List.of(), offered("drives "));
        assertTrue(offered("help ").contains("queue"));
    }

    @Test
    void limitKeysAreOffered() {
        List<String> keys = new ArrayList<>(ThrottleLimits.keys());
        keys.addAll(LimitChange.SHARE_KEYS);
        assertEquals(keys.stream().map(key -> key + "=").toList(), offered("limits vm1 "));
        assertEquals(offered("limits vm1 "), offered("limits vm1 bps=1M io"));
        assertTrue(candidates("limits vm1 ").stream().noneMatch(Candidate::complete));
        assertTrue(offered("limits vm1 bps=").contains("bps=10MiB"));
    }

    @Test
    void optionsAndTheirValuesAreOffered() {
        assertEquals(List.of("--json", "--help"), offered("drives --"));
        assertTrue(offered("bench vm1 --").containsAll(List.of("--rw", "--iodepth", "--force")));
        assertEquals(List.of("read", "write", "randread", "randwrite", "randrw"), offered("bench vm1 --rw "));
        assertEquals(List.of(), offered("bench vm1 --seconds "));
    }
}
