package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Typical HOCON mistakes and the hint for each. */
final class HintsTest {
    private final ConfigFolder folder;

    HintsTest(@TempDir Path folder) {
        this.folder = new ConfigFolder(folder);
    }

    private List<String> faults(String text) {
        return folder.read(text).faults();
    }

    @Test
    void missingBraceIsNamedWithItsLine() {
        assertEquals(
                List.of("weir.conf:3: is not HOCON: a } is missing; the { of this line is not closed"),
                faults(
                        """
                        weir {
                          drives {
                            a { backend { type = memory, size = 1M }
                            b { backend { type = memory, size = 1M } } # }
                          }
                        }
                        """));
        assertEquals(
                List.of("weir.conf:1: is not HOCON: a } is missing; the { of this line is not closed"),
                faults("weir { a = \"}\"\n"));
        assertEquals(
                List.of("weir.conf:2: is not HOCON: a } is missing; the { of this line is not closed"),
                faults("weir {\n drives {\n}"));
    }

    @Test
    void braceTooMany() {
        assertEquals(
                List.of("weir.conf:3: is not HOCON: this } closes nothing; remove it or add the missing {"),
                faults("weir {\na { } }\n}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a = $HOME/x | is not HOCON: $ must be followed by a name in braces, as in ${HOME}\"/vm.img\"",
                "drives = [{ name = a }] | drives = [{\"name\":\"a\"}]: must be a block { … }, not a list;"
                        + " write each entry as NAME { … }",
                "defaults { policy = slice } | defaults: unknown key; put defaults that drives share beside the block"
                        + " weir: defaults { … }, weir.drives.NAME = ${defaults} { … }",
            })
    void hintInTheBlockWeir(String line, String fault) {
        assertEquals("weir.conf:2: " + fault, faults("weir {\n" + line + "\n}").get(0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "path = \"${nix}/a.img\" | path = ${nix}/a.img: must be a path;"
                        + " a ${…} in quotes is plain text, so put the quotes around the rest only",
                "path = ~/a.img | path = ~/a.img: must be a path; ~ is not expanded, so write the whole path",
                "path = \"disks/*.img\" | path = disks/*.img: must be one path; * and ? are not expanded",
                "path = a, size = \"${nix}\" | size = ${nix}: must be a whole number of bytes, such as 512, 64KiB or 10M;"
                        + " a ${…} in quotes is plain text, so put the quotes around the rest only",
            })
    void hintInABackend(String options, String fault) {
        assertEquals(
                List.of("weir.conf:2: drives.a.backend." + fault),
                faults("weir.drives.a {\nbackend { type = file, " + options + " } }"));
    }

    @Test
    void unquotedNameWithDots() {
        assertEquals(
                "weir.conf:1: drives.vm.1: unknown key; a name with dots must be in quotes: \"vm.1\"",
                faults("weir.drives.vm.1 { backend { type = memory, size = 1M } }")
                        .get(0));
        assertEquals(
                "weir.conf:1: groups.t.a: unknown key; a name with dots must be in quotes: \"t.a\"",
                faults("weir.groups.t.a { limits.bps = 1M }").get(0));
    }

    @Test
    void jsonIsStrict() {
        Path file = folder.write("weir.json", "{ weir { } }").folder().resolve("weir.json");
        Inputs inputs = new Inputs(ConfigFolder.HOME, ConfigFolder.CWD, file, List.of(), List.of());
        String fault = ConfigFolder.read(inputs, TestTypes.ALL).faults().get(0);

        assertEquals(
                "; a file whose name ends in .json is read as strict JSON, so name it .conf for HOCON",
                fault.substring(fault.lastIndexOf("; a file")));
    }

    @ParameterizedTest
    @CsvSource({"5k, 5000", "1.5M, 1500000", "2G, 2000000000", "0.5k, 500"})
    void requestRatesHaveDecimalSuffixes(String written, long rate) {
        String text = "weir.drives.a { backend { type = memory, size = 1M }, limits { iops = %s, iops_max = %s } }";
        assertEquals(
                rate,
                folder.read(text.formatted(written, written))
                        .drives()
                        .get(0)
                        .limits()
                        .toMap()
                        .get("iops_max"));
        assertEquals(
                rate,
                ConfigFolder.readOptions("id=a,memory=1M,iops_rd=" + written)
                        .drives()
                        .get(0)
                        .limits()
                        .toMap()
                        .get("iops_rd"));
    }

    @Test
    void largestSizeIsAccepted() {
        assertEquals(
                Long.MAX_VALUE,
                folder.read("weir.drives.a.backend { type = memory, size = 9223372036854775807 }")
                        .drives()
                        .get(0)
                        .backendOptions()
                        .get("size"));
    }
}
