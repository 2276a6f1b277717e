package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Valid but probably unintended settings. */
final class WarningsTest {
    private final ConfigFolder folder;

    WarningsTest(@TempDir Path folder) {
        this.folder = new ConfigFolder(folder);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bps = 1 | bps = 1: makes a request of 4 KiB wait 4096 s",
                "bps_rd = 1000 | bps_rd = 1000: makes a request of 4 KiB wait 4.096 s",
                "bps_wr = 4095 | bps_wr = 4095: makes a request of 4 KiB wait 1.001 s",
                "iops = 1, iops_size = 512 | iops = 1: makes a request of 4 KiB wait 8 s",
            })
    void aLimitThatMakesASmallRequestWaitLong(String limits, String warning) {
        Reading reading =
                folder.read("weir.drives.a { backend { type = memory, size = 1M }\n limits { " + limits + " } }");

        assertEquals(List.of(), reading.faults());
        assertEquals(List.of("weir.conf:2: drives.a.limits." + warning), reading.warnings());
        assertEquals(
                List.of("-drive id=a,…: " + warning),
                ConfigFolder.readOptions("id=a,memory=1M," + limits.replace(" ", ""))
                        .warnings());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"bps = 4K", "iops = 1", "iops = 1, iops_size = 4K", "bps = 0"})
    void aLimitThatDoesNot(String limits) {
        assertEquals(
                List.of(),
                folder.read("weir.drives.a { backend { type = memory, size = 1M }\n limits { " + limits + " } }")
                        .warnings());
    }

    @Test
    void driveOrGroupDefinedTwice() {
        folder.write(
                "more.conf",
                """
                b { backend { type = memory, size = 1M } } // b { }
                "b"
                {
                  limits.iops = 50
                }
                """);
        Reading reading = folder.read(
                """
                x { backend { type = memory, size = 1M } }
                weir.groups { g { limits { iops = 5k } }, h { } }
                weir { drives {
                  a = ${x} { limits { bps = 1M } } { group = g }
                  include "more.conf"
                  other = ${x}
                  a {
                    limits { bps = 2M }
                    description = "a { } a { }"
                  }
                } }
                weir.groups.g { }
                weir.drives.other.limits { iops = 50 }
                weir.drives.other.limits { iops_size = 4K }
                """);

        assertEquals(List.of(), reading.faults());
        String merged = "; the blocks are merged and the later values hold";
        assertEquals(
                List.of(
                        "weir.conf:7: drives.a: is also defined at weir.conf:4" + merged,
                        "weir.conf:12: groups.g: is also defined at weir.conf:2" + merged,
                        "more.conf:2: b: is also defined at more.conf:1" + merged),
                reading.warnings());
    }

    @Test
    void groupWithATinyLimit() {
        assertEquals(
                List.of("weir.conf:1: groups.g.limits.bps = 1000: makes a request of 4 KiB wait 4.096 s"),
                folder.read("weir.groups.g.limits.bps = 1000", "id=a,memory=1M").warnings());
    }

    @Test
    void missingPolicies() {
        Reading reading = folder.read(
                """
                weir {
                  groups.g { policy = own, limits.iops = 5 }
                  drives.a { backend { type = memory, size = 1M }
                    policy = pace }
                }
                """);

        assertEquals(List.of(), reading.faults());
        assertEquals(
                List.of(
                        "weir.conf:2: groups.g.policy = own: no policy of this type is available;"
                                + " requests are held until one is; choose from bucket, slice",
                        "weir.conf:4: drives.a.policy = pace: no policy of this type is available;"
                                + " requests are held until one is; choose from bucket, slice"),
                reading.warnings());
        assertEquals(Set.of("own", "pace"), reading.missingPolicies());
        assertEquals("pace", reading.drives().get(0).policy());
    }

    @Test
    void noTypesYet() {
        folder.write(
                "weir.conf",
                """
                weir.drives.a {
                  backend { type = own, path = x, size = 1M, flag = true, count = 3, word = w, deep.er = d }
                }
                """);
        Reading reading = ConfigFolder.read(folder.inputs(List.of(), List.of()), TestTypes.NONE);

        assertEquals(List.of(), reading.faults());
        assertEquals(
                List.of(
                        "weir.conf:1: drives.a.policy: no policy of type bucket is available; requests are held until one is",
                        "weir.conf:2: drives.a.backend.type = own: no backend of this type is available;"
                                + " the drive is unavailable until one is"),
                reading.warnings());
        assertEquals(Set.of("own"), reading.missingBackends());
        assertEquals(
                Map.of(
                        "path",
                        folder.folder() + "/x",
                        "size",
                        1L << 20,
                        "flag",
                        true,
                        "count",
                        3,
                        "word",
                        "w",
                        "deep.er",
                        "d"),
                reading.drives().get(0).backendOptions());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "path = \"\" | path = \"\": must not be empty",
                "size = -1 | size = -1: must be 1 byte or more",
                "list = [1, 2] | list = [1,2]: must be a single value",
                "A = 1, a = 2 | a = 2: differs from another key only in upper and lower case",
            })
    void faultsOfATypeThatIsNotHere(String option, String fault) {
        folder.write("weir.conf", "weir.drives.a {\n backend { type = own, " + option + " } }");
        Reading reading = ConfigFolder.read(folder.inputs(List.of(), List.of()), TestTypes.NONE);

        assertEquals(List.of("weir.conf:2: drives.a.backend." + fault), reading.faults());
    }
}
