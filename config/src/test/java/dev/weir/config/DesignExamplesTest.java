package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.throttle.ThrottleLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Examples of the documentation have the documented effect. */
final class DesignExamplesTest {
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    private final Path folder;

    DesignExamplesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void designFile() {
        Reading reading = new ConfigFolder(folder)
                .read(
                        """
                        weir {
                          nbd.listen = ["unix:run/nbd.sock", "tcp:127.0.0.1:10809"]
                          groups.tenant-a { policy = bucket, limits { iops = 2000 } }
                          drives {
                            vm1 {
                              backend { type = file, path = "disks/vm1.img", size = 10GiB, create = true }
                              policy = bucket                                # default
                              limits { bps = 10MiB, iops = 500, iops_max = 2000, iops_max_length = 30s }
                              group = tenant-a
                            }
                            scratch { backend { type = memory, size = 1GiB }, policy = slice, limits { bps_rd = 50MiB, bps_wr = 5MiB } }
                            golden  { backend { type = file, path = "disks/golden.img" }, read-only = true }
                          }
                        }
                        """);

        assertEquals(List.of(), reading.faults());
        assertEquals(List.of(), reading.warnings());
        assertEquals(List.of("unix:" + folder + "/run/nbd.sock", "tcp:127.0.0.1:10809"), reading.listen());
        assertEquals(
                List.of(new GroupSettings("tenant-a", "bucket", ThrottleLimits.of(Map.of("iops", 2000L)))),
                reading.groups());
        assertEquals(
                List.of(
                        DriveSettings.builder("vm1", "file")
                                .options(Map.of("path", folder + "/disks/vm1.img", "size", 10 * GIB, "create", true))
                                .group("tenant-a")
                                .limits(ThrottleLimits.of(Map.of(
                                        "bps", 10 * MIB, "iops", 500L, "iops_max", 2000L, "iops_max_length", 30L)))
                                .build(),
                        DriveSettings.builder("scratch", "memory")
                                .options(Map.of("size", GIB))
                                .policy("slice")
                                .limits(ThrottleLimits.of(Map.of("bps_rd", 50 * MIB, "bps_wr", 5 * MIB)))
                                .build(),
                        DriveSettings.builder("golden", "file")
                                .options(Map.of("path", folder + "/disks/golden.img"))
                                .readOnly(true)
                                .build()),
                reading.drives());
    }

    @Test
    void designCommandLine() {
        Reading reading = new ConfigFolder(folder)
                .read(
                        "weir.groups.g.limits.iops = 100",
                        "id=vm1,file=vm1.img,size=1G,bps=10M,iops=500,policy=slice",
                        "id=s,memory=1G,bps_rd=1M,read-only=false,group=g");

        assertEquals(List.of(), reading.faults());
        assertEquals(List.of(), reading.warnings());
        assertEquals(List.of("unix:/home/weir/run/nbd.sock"), reading.listen());
        assertEquals(
                List.of(
                        DriveSettings.builder("vm1", "file")
                                .options(Map.of("path", "/cwd/vm1.img", "size", GIB, "create", true))
                                .policy("slice")
                                .limits(ThrottleLimits.of(Map.of("bps", 10 * MIB, "iops", 500L)))
                                .build(),
                        DriveSettings.builder("s", "memory")
                                .options(Map.of("size", GIB))
                                .group("g")
                                .limits(ThrottleLimits.of(Map.of("bps_rd", MIB)))
                                .build()),
                reading.drives());
    }
}
