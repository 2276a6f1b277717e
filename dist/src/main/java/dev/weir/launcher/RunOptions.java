package dev.weir.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of {@code run}. */
final class RunOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "configuration file; default: HOME/weir.conf, created from a sample if missing")
    @Nullable
    Path config;

    @Option(
            names = "-drive",
            paramLabel = "OPT=VAL[,OPT=VAL]...",
            description = {
                "an additional drive in QEMU's form; repeatable; without --config, only these are served",
                "storage: file=PATH or memory=SIZE; size=SIZE, read-only=on",
                "name: id=NAME",
                "limits: bps, bps_rd, bps_wr (bytes/s), iops, iops_rd, iops_wr (requests/s), each with"
                        + " KEY_max and KEY_max_length for bursts; iops_size",
                "throttling: policy=bucket or slice, group=NAME, flushes=N, charge-discards=length"
            })
    List<String> drives = new ArrayList<>();

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            description = "address for NBD clients: unix:PATH or tcp:HOST:PORT; repeatable; replaces nbd.listen of the"
                    + " configuration")
    List<String> listen = new ArrayList<>();

    @Option(names = "--no-shell", description = "no shell, even on a terminal: stay in the foreground until SIGTERM")
    boolean noShell;

    /** Returns the options as framework properties for the bundles. */
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("weir.cwd", Path.of("").toAbsolutePath().toString());
        if (config != null) {
            settings.put("weir.config.file", config.toAbsolutePath().toString());
        }
        number(settings, "weir.drive.", drives);
        number(settings, "weir.listen.", listen);
        return settings;
    }

    private static void number(Map<String, String> settings, String prefix, List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            settings.put(prefix + i, values.get(i));
        }
    }
}
