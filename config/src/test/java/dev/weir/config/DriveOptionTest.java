package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.drive.settings.DriveSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The {@code -drive} option in QEMU's form. */
final class DriveOptionTest {
    private static final Map<String, Object> CREATED = Map.of("path", "/cwd/a.img", "size", 1024L, "create", true);

    private static DriveSettings drive(String option) {
        Reading reading = ConfigFolder.readOptions(option);
        assertEquals(List.of(), reading.faults());
        return reading.drives().get(0);
    }

    private static Map<String, Object> backend(String option) {
        return drive(option).backendOptions();
    }

    @Test
    void sizeImpliesCreate() {
        assertEquals(CREATED, backend("id=a,file=a.img,size=1K"));
        assertEquals(CREATED, backend("size=1K,file=a.img,id=a"));
        assertEquals(
                Map.of("path", "/cwd/a.img", "size", 1024L, "create", false),
                backend("id=a,file=a.img,size=1K,create=off"));
    }

    @Test
    void noCreateWithoutSizeOrReadOnly() {
        assertEquals(Map.of("path", "/cwd/a.img"), backend("id=a,file=a.img"));
        assertEquals(Map.of("path", "/cwd/a.img", "size", 1024L), backend("id=a,file=a.img,size=1K,readonly=on"));
        assertEquals(Map.of("path", "/cwd/a.img"), backend("id=a,backend=file,backend.path=a.img"));
    }

    /** QEMU has it under the same name. */
    @Test
    void cacheIsAnOptionOfTheBackend() {
        assertEquals(Map.of("path", "/cwd/a.img", "cache", "none"), backend("id=a,file=a.img,cache=none"));
    }

    @Test
    void doubledCommaIsOne() {
        assertEquals(Map.of("path", "/cwd/a,b,.img"), backend("id=a,file=a,,b,,.img"));
        assertEquals("a", drive("id=a,file=,,,size=1K").name());
    }

    @Test
    void anyTypeWithAnyOption() {
        DriveSettings drive = drive("id=a,backend=remote,backend.host=h=1,backend.cache=1M,backend.tls.verify=on");

        assertEquals("remote", drive.backendType());
        assertEquals(Map.of("host", "h=1", "cache", 1L << 20, "tls.verify", true), drive.backendOptions());
    }

    @Test
    void uriImpliesTheBackendNbd() {
        DriveSettings drive = drive("id=a,uri=nbd+unix:///a?socket=/run/a.sock,backend.connections=2");

        assertEquals("nbd", drive.backendType());
        assertEquals("nbd+unix:///a?socket=/run/a.sock", drive.backendOptions().get("uri"));
    }

    @ParameterizedTest
    @CsvSource({
        "readonly=on, true",
        "readonly=off, false",
        "read-only=true, true",
        "read-only=false, false",
        "readonly=yes, true"
    })
    void readOnlyInEitherSpelling(String option, boolean readOnly) {
        assertEquals(readOnly, drive("id=a,memory=1M," + option).readOnly());
    }

    @Test
    void valuesAreNotHocon() {
        assertEquals(Map.of("path", "/cwd/${HOME}\" # {"), backend("id=a,file=${HOME}\" # {"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "id=vm1,memory=1M,bps=-5 | id=vm1,…: bps = -5: must be 0 (no limit) or more",
                "memory=1M,bps=-5,id=vm1 | id=vm1,…: bps = -5: must be 0 (no limit) or more",
                "id=vm1,memory=1M,bps_max=5 | id=vm1,…: bps_max = 5: needs bps beside it",
                "id=vm1,memory=1M,iops=fast | id=vm1,…: iops = fast: must be a whole number of requests, such as 500, 5k or 1M",
                "id=vm1,memory=1M,iops= | id=vm1,…: iops = \"\": must be a whole number of requests, such as 500, 5k or 1M",
                "id=vm1,memory=1M,bsp=5M | id=vm1,…: bsp = 5M: unknown option; did you mean bps?",
                "id=vm1,memory=1M,bps=1M,bps=2M | id=vm1,…: bps = 2M: is given twice",
                "id=vm1,memory=1M,id=vm2 | id=vm1,…: id = vm2: is given twice",
                "id=vm1,memory=1M,file=a | id=vm1,…: file = a: cannot be combined with memory",
                "id=vm1,file=a,backend=file | id=vm1,…: backend = file: cannot be combined with file",
                "id=vm1,file=a,backend.path=b | id=vm1,…: backend.path = b: cannot be combined with file",
                "id=vm1,memory=1M,size=2M | id=vm1,…: size = 2M: cannot be combined with memory",
                "id=vm1,memory=1M,readonly=on,read-only=on | id=vm1,…: read-only = on: cannot be combined with readonly",
                "id=vm1,memory=lots"
                        + " | id=vm1,…: memory = lots: must be a whole number of bytes, such as 512, 64KiB or 10M",
                "id=vm1,memory=-1 | id=vm1,…: memory = -1: must be 1 byte or more",
                "id=vm1,file= | id=vm1,…: file = \"\": must not be empty",
                "id=vm1,memory=1M,readonly=maybe | id=vm1,…: readonly = maybe: must be true or false",
                "id=vm1,memory=1M,group=g | id=vm1,…: group = g: is not a group",
                "id=vm1,memory=1M,policy= | id=vm1,…: policy = \"\": must not be empty",
                "id=vm1,memory=1M,policy=slice,iops=1,iops_max=2"
                        + " | id=vm1,…: iops_max = 2: policy slice has no bursts",
                "id=vm1,backend=remote | id=vm1,…: backend.host: must be set (where it is)",
                "id=vm1,backend=remote,backend.host=h,backend.cach=1"
                        + " | id=vm1,…: backend.cach = 1: unknown key; did you mean cache?",
                "id=vm1,bps=1M | id=vm1,…: file, memory, uri or backend: must be set; choose from file, memory, remote",
                "id=vm1 | id=vm1: file, memory, uri or backend: must be set; choose from file, memory, remote",
                "memory=1M | memory=1M: id: must be set",
                "memory=1M,bps=1M | memory=1M,…: id: must be set",
                "id=a b,memory=1M | id=a b,…: id = a b: a name must be 1 to 200 letters (a-z, A-Z), digits, dots,"
                        + " hyphens and underscores, and start with a letter or digit",
                "id=vm1,memory=1M,readonly | id=vm1,…: readonly: must be OPTION=VALUE",
                "id=vm1,memory=1M, | id=vm1,…: \"\": must be OPTION=VALUE",
            })
    void faults(String option, String fault) {
        assertEquals(
                List.of("-drive " + fault), ConfigFolder.readOptions(option).faults());
    }

    @Test
    void backendIsATypeAndNoBlock() {
        assertEquals(
                "-drive id=a,…: backend = {type=nbd: must be a type, such as nbd; write each option as its own word:"
                        + " backend.uri=URI",
                ConfigFolder.readOptions("id=a,backend={type=nbd,uri=nbd://h/x}")
                        .faults()
                        .get(0));
    }

    @Test
    void emptyOption() {
        assertEquals(
                List.of("-drive \"\": \"\": must be OPTION=VALUE", "-drive \"\": id: must be set"),
                ConfigFolder.readOptions("").faults());
    }

    @Test
    void duplicateDrive() {
        assertEquals(
                List.of("-drive id=a,…: id = a: is already used at -drive id=a,…"),
                ConfigFolder.readOptions("id=a,memory=1M", "id=b,memory=1M", "id=a,memory=2M")
                        .faults());
    }

    @Test
    void unreadableFileHidesNoMissingGroup(@TempDir Path folder) {
        assertEquals(
                List.of(
                        "weir.conf:1: is not HOCON: a } is missing; the { of this line is not closed",
                        "-drive id=a,…: bps = -1: must be 0 (no limit) or more"),
                new ConfigFolder(folder)
                        .read("weir {", "id=a,memory=1M,group=g,bps=-1")
                        .faults());
    }
}
