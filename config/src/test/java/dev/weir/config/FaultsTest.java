package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exact messages of all errors in a file. */
final class FaultsTest {
    private static final String NAME_RULE = "a name must be 1 to 200 letters (a-z, A-Z), digits, dots, hyphens and"
            + " underscores, and start with a letter or digit";

    private final Path folder;

    FaultsTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static final String OTHER_DRIVE = "weir.drives.a.backend { type = memory, size = 1M }";

    private List<String> faults(String text) {
        return new ConfigFolder(folder).read(text).faults();
    }

    /** Returns the errors of one line that is added to a valid drive. */
    private List<String> faultsOfDrive(String line) {
        return faults("weir.drives.vm1 {\n backend { type = memory, size = 1M }\n" + line + "\n}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bps = -5 | bps = -5: must be 0 (no limit) or more",
                "bps = -5k | bps = -5k: must be 0 (no limit) or more",
                "iops_rd = -1 | iops_rd = -1: must be 0 (no limit) or more",
                "bps = 1000000000000001 | bps = 1000000000000001: must be at most 1000000000000000",
                "bps = 1000P | bps = 1000P: must be at most 1000000000000000",
                "bps = 1Y | bps = 1Y: must be at most 1000000000000000",
                "bps = 1e99 | bps = 1e99: must be at most 1000000000000000",
                "bps = 10 apples | bps = 10 apples: must be a whole number of bytes, such as 512, 64KiB or 10M",
                "bps = 10KB | bps = 10KB: must be a whole number of bytes, such as 512, 64KiB or 10M",
                "bps = 0.0001K | bps = 0.0001K: must be a whole number of bytes, such as 512, 64KiB or 10M",
                "bps = NaN | bps = NaN: must be a whole number of bytes, such as 512, 64KiB or 10M",
                "bps = true | bps = true: must be a whole number of bytes, such as 512, 64KiB or 10M",
                "bps = \"\" | bps = \"\": must be a whole number of bytes, such as 512, 64KiB or 10M",
                "bps = 1e999999999 | bps = 1e999999999: must be a whole number of bytes, such as 512, 64KiB or 10M",
                "bps = [1, 2] | bps = [1,2]: must be a single value",
                "bps { a = 1 } | bps: must be a single value",
                "iops = 1.5 | iops = 1.5: must be a whole number of requests, such as 500, 5k or 1M",
                "iops = NaN | iops = NaN: must be a whole number of requests, such as 500, 5k or 1M",
                "iops = Infinity | iops = Infinity: must be a whole number of requests, such as 500, 5k or 1M",
                "iops = 10K | iops = 10K: must be a whole number of requests, such as 500, 5k or 1M",
                "iops = fast | iops = fast: must be a whole number of requests, such as 500, 5k or 1M",
                "bps_max = 5 | bps_max = 5: needs bps beside it",
                "iops_wr_max_length = 5 | iops_wr_max_length = 5: needs iops_wr_max beside it",
                "iops_size = 4k | iops_size = 4k: needs iops, iops_rd or iops_wr beside it",
                "bsp = 5M | bsp = 5M: unknown key; did you mean bps?",
                "iops_write = 5 | iops_write = 5: unknown key; did you mean iops_wr?",
            })
    void ofALimit(String limit, String fault) {
        assertEquals(List.of("weir.conf:3: drives.vm1.limits." + fault), faultsOfDrive("limits { " + limit + " }"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bps = 10M, bps_max = 5M | bps_max = 5M: must not be below bps = 10485760",
                "bps = 10M, bps_max_length = 5s | bps_max_length = 5s: needs bps_max beside it",
                "bps = 1, bps_max = 2, bps_max_length = 0 | bps_max_length = 0: must be 1 second or more",
                "bps = 1, bps_max = 2, bps_max_length = 500ms"
                        + " | bps_max_length = 500ms: must be whole seconds, such as 30, 30s or 5m",
                "bps = 1, bps_max = 2, bps_max_length = 1.5"
                        + " | bps_max_length = 1.5: must be whole seconds, such as 30, 30s or 5m",
                "bps = 1, bps_max = 2, bps_max_length = soon"
                        + " | bps_max_length = soon: must be whole seconds, such as 30, 30s or 5m",
                "bps = x, bps_max = 5M, bps_max_length = 2"
                        + " | bps = x: must be a whole number of bytes, such as 512, 64KiB or 10M",
                "iops = x, iops_size = 4k | iops = x: must be a whole number of requests, such as 500, 5k or 1M",
            })
    void ofOneLimitBesideAnother(String limits, String fault) {
        assertEquals(List.of("weir.conf:3: drives.vm1.limits." + fault), faultsOfDrive("limits { " + limits + " }"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limits = 5 | limits = 5: must be a block { … }",
                "limts { bps = 5M } | limts: unknown key; did you mean limits?",
                "bps = 5M | bps = 5M: unknown key; did you mean limits.bps?",
                "readonly = true | readonly = true: unknown key; did you mean read-only?",
                "colour = red | colour = red: unknown key; choose from backend, policy, profile, limits, group,"
                        + " weight, min, read-only, description, clients, filters, faults, charge-discards, flushes",
                "read-only = maybe | read-only = maybe: must be true or false",
                "read-only = 1 | read-only = 1: must be true or false",
                "policy = \"\" | policy = \"\": must not be empty",
                "policy = [a] | policy = [\"a\"]: must be a single value",
                "group = nix | group = nix: is not a group",
                "policy = slice, limits { iops = 5, iops_max = 9 }"
                        + " | limits.iops_max = 9: policy slice has no bursts",
                "group = ${nix} | group = ${nix}: refers to a key or variable that is not set",
                "limits = ${nix} { bps = 4M } | limits = ${nix}{\"bps\":\"4M\"}: refers to a key or variable that is"
                        + " not set",
                "limts { bps = ${nix} } | limts: unknown key; did you mean limits?",
                "limts { bps = ${nix}M } | limts: unknown key; did you mean limits?",
                "policy = [${nix}] | policy = [${nix}]: must be a single value",
                "limits { bps = 1${nix} } | limits.bps = 1${nix}: refers to a key or variable that is not set",
                "policy = \"a\\nb\", group = \"c\\nd\" | group = c?d: is not a group",
            })
    void ofADrive(String line, String fault) {
        assertEquals(List.of("weir.conf:3: drives.vm1." + fault), faultsOfDrive(line));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "vm1 {} | vm1.backend.type: must be set; choose from file, memory, remote",
                "vm1 { backend {} } | vm1.backend.type: must be set; choose from file, memory, remote",
                "vm1 { backend = memory } | vm1.backend = memory: must be a block { … }",
                "vm1 { backend { type = \"\" } } | vm1.backend.type = \"\": must not be empty",
                "vm1 { backend.type { a = 1 } } | vm1.backend.type: must be a single value",
                "vm1 { backend { type = memory } } | vm1.backend.size: must be set (its size)",
                "vm1 { backend { type = memory, size = 0 } } | vm1.backend.size = 0: must be 1 byte or more",
                "vm1 { backend { type = memory, size = -1 } } | vm1.backend.size = -1: must be 1 byte or more",
                "vm1 { backend { type = memory, size = 10E } }"
                        + " | vm1.backend.size = 10E: must be at most 9223372036854775807",
                "vm1 { backend { type = memory, size = big } }"
                        + " | vm1.backend.size = big: must be a whole number of bytes, such as 512, 64KiB or 10M",
                "vm1 { backend { type = memory, size = 1M, path = a } }"
                        + " | vm1.backend.path = a: unknown key; choose from size",
                "vm1 { backend { type = file, size = 1M } } | vm1.backend.path: must be set (the image)",
                "vm1 { backend { type = file, path = \"\" } } | vm1.backend.path = \"\": must not be empty",
                "vm1 { backend { type = file, path = \"a\\u0000b\" } }"
                        + " | vm1.backend.path = a?b: must be a path: Nul character not allowed",
                "vm1 { backend { type = file, path = a, create = 1 } }"
                        + " | vm1.backend.create = 1: must be true or false",
                "vm1 { backend { type = remote, host = h, tls.crt = a } }"
                        + " | vm1.backend.tls.crt = a: unknown key; did you mean tls.cert?",
                "vm1 = 5 | vm1 = 5: must be a block { … }",
                "vm1 = ${nix} | vm1 = ${nix}: refers to a key or variable that is not set",
            })
    void ofABackend(String drive, String fault) {
        assertEquals(List.of("weir.conf:2: drives." + fault), faults("weir.drives {\n" + drive + "\n}"));
    }

    @Test
    void misspeltRequiredOption() {
        assertEquals(
                List.of(
                        "weir.conf:1: drives.vm1.backend.path: must be set (the image)",
                        "weir.conf:1: drives.vm1.backend.pth = a: unknown key; did you mean path?"),
                faults("weir.drives.vm1.backend { type = file, pth = a }"));
    }

    @ParameterizedTest
    @CsvSource({"a b", "a/b", "-a", "ä", "'a\\nb'", "a=b", ".", "'a,b'", "a~b", "a*", "''"})
    void ofAName(String name) {
        List<String> faults = faults("weir.drives {\n\"" + name + "\" { backend { type = memory, size = 1M } }\n}");

        assertEquals(1, faults.size());
        assertTrue(faults.get(0).startsWith("weir.conf:2: drives."), faults::toString);
        assertTrue(faults.get(0).endsWith(": " + NAME_RULE), faults::toString);
    }

    @Test
    void nameTooLong() {
        String longest = "a".repeat(200);

        assertEquals(List.of(), faults("weir.drives." + longest + ".backend { type = memory, size = 1M }"));
        assertEquals(
                1,
                faults("weir.drives." + longest + "a.backend { type = memory, size = 1M }")
                        .size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "drvies {} | drvies: unknown key; did you mean drives?",
                "drives = 4 | drives = 4: must be a block { … }",
                "groups = 4 | groups = 4: must be a block { … }",
                "groups.g = 4 | groups.g = 4: must be a block { … }",
                "groups.g.limit.bps = 4M | groups.g.limit: unknown key; did you mean limits?",
                "groups.g.limits.bps = -4 | groups.g.limits.bps = -4: must be 0 (no limit) or more",
                "groups.g.backend = 4 | groups.g.backend = 4: unknown key; choose from policy, profile, limits, scope,"
                        + " parent, weight, min",
                "nbd = 4 | nbd = 4: must be a block { … }",
                "nbd.port = 4 | nbd.port = 4: unknown key; choose from listen, max-connections, handshake-timeout,"
                        + " max-requests, max-request-bytes, max-total-bytes, stall-timeout, busy-poll, default-export,"
                        + " socket-mode, socket-group, tls, tls-certificate, tls-key, tls-client-ca, tls-psk,"
                        + " allow-plaintext-tcp, stop-timeout, queued-at-stop",
                "nbd.listen = [] | nbd.listen = []: must be at least one address",
                "nbd.listen = \"udp:a:1\" | nbd.listen = udp:a:1: must be unix:PATH or tcp:HOST:PORT,"
                        + " an IPv6 address in brackets",
            })
    void outsideOfDrives(String line, String fault) {
        assertEquals(List.of("weir.conf:2: " + fault), faults("weir {\n" + line + "\n}"));
    }

    @Test
    void misspeltGroup() {
        assertEquals(
                List.of("weir.conf:3: drives.a.group = tenant-b: is not a group; did you mean tenant-a?"),
                faults(
                        """
                        weir {
                          groups.tenant-a.limits.iops = 5
                          drives.a { backend { type = memory, size = 1M }, group = tenant-b }
                        }
                        """));
    }

    @Test
    void faultsFollowTheOrderOfTheFile() {
        assertEquals(
                List.of(
                        "weir.conf:2: nbd.listen = tcp:a: must be unix:PATH or tcp:HOST:PORT,"
                                + " an IPv6 address in brackets",
                        "weir.conf:5: drives.z.backend.type: must be set; choose from file, memory, remote",
                        "weir.conf:6: drives.z.limits.bps = -5: must be 0 (no limit) or more",
                        "weir.conf:7: drives.z.limits.iops = 1.5: must be a whole number of requests, such as 500, 5k"
                                + " or 1M",
                        "weir.conf:9: drives.z.colour = red: unknown key; choose from backend, policy, profile,"
                                + " limits, group, weight, min, read-only, description, clients, filters, faults,"
                                + " charge-discards, flushes",
                        "weir.conf:11: drives.a.backend.size: must be set (its size)",
                        "weir.conf:13: groups.g.limits.bps_max = 5: needs bps beside it",
                        "-drive id=a,…: id = a: is already used at weir.conf:11",
                        "-drive id=a,…: bps = -1: must be 0 (no limit) or more"),
                new ConfigFolder(folder)
                        .read(
                                """
                                weir {
                                  nbd.listen = ["tcp:a", "tcp:a:1"]
                                  drives {
                                    # a comment
                                    z {
                                      limits { bps = -5
                                        iops = 1.5
                                      }
                                      colour = red
                                    }
                                    a.backend { type = memory }
                                  }
                                  groups.g.limits { bps_max = 5 }
                                }
                                """,
                                "id=a,memory=1M,bps=-1")
                        .faults());
    }

    @Test
    void longValueIsCut() {
        String fault = faultsOfDrive("group = " + "x".repeat(5000)).get(0);

        assertEquals("weir.conf:3: drives.vm1.group = " + "x".repeat(120) + "…: is not a group", fault);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "weight = 0 | weight = 0: must be from 1 to 1000",
                "weight = many | weight = many: must be a whole number",
                "min.iops = -1 | min.iops = -1: must be 0 (no minimum) or more",
                "min.bps = 1.5 | min.bps = 1.5: must be a whole number of bytes, such as 512, 64KiB or 10M",
                "min.iops_rd = 5 | min.iops_rd = 5: unknown key; choose from bps, iops",
                "min = 5 | min = 5: must be a block { … }",
                "limits.iops = 10, min.iops = 11 | min.iops = 11: must not be above its own limit iops = 10",
                "parent = tenant | parent = tenant: is not a group; choose from host, g",
                "parent = g | parent = g: must not be below the group itself: g in g",
            })
    void sharesAreChecked(String line, String fault) {
        assertEquals(
                List.of("weir.conf:2: groups.g." + fault.strip()),
                faults("weir.groups.host {}\nweir.groups.g { " + line + " }\n" + OTHER_DRIVE));
    }

    @Test
    void limitMustCoverTheMinimaBelowIt() {
        assertEquals(
                List.of("weir.conf:2: groups.host.limits.iops = 100: must cover the minima of its members,"
                        + " which are 110"),
                faults(
                        """
                        weir {
                          groups.host.limits.iops = 100
                          groups.tenant { parent = host, min.iops = 50 }
                          drives.a { backend { type = memory, size = 1M }, group = tenant, min.iops = 60 }
                          drives.b { backend { type = memory, size = 1M }, group = host, min.iops = 50 }
                        }
                        """));
    }

    @Test
    void ninthLevelIsAFault() {
        StringBuilder text = new StringBuilder("weir.groups.g1 {}\n");
        for (int i = 2; i <= 9; i++) {
            text.append("weir.groups.g%d.parent = g%d%n".formatted(i, i - 1));
        }
        assertEquals(
                List.of("weir.conf:9: groups.g9.parent = g8: makes 9 levels of groups, at most 8 are allowed"),
                faults(text + OTHER_DRIVE));
    }

    @Test
    void shareWithoutAGroupHasNoEffect() {
        assertEquals(
                List.of("weir.conf:1: drives.a.weight = 5: has no effect without a group above"),
                new ConfigFolder(folder)
                        .read("weir.drives.a { backend { type = memory, size = 1M }, weight = 5 }")
                        .warnings());
    }
}
