package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.throttle.ThrottleLimits;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.SynchronousConfigurationListener;

/** The configurations that the component sets, changes and removes. */
final class HoconConfigurationTest extends ConfigurationFixture {
    HoconConfigurationTest(@TempDir Path temporary) throws Exception {
        super(temporary);
    }

    @Test
    void configurationsAreSet() throws Exception {
        start(TWO_DRIVES);

        assertEquals(
                List.of("weir.drive~a", "weir.drive~b", "weir.drive~option", "weir.group~g", "weir.nbd"),
                List.copyOf(changeCounts().keySet()));
        assertEquals(
                DriveSettings.builder("a", "memory")
                        .options(Map.of("size", 1L << 20))
                        .group("g")
                        .limits(ThrottleLimits.of(Map.of("bps", 4L << 20)))
                        .build(),
                DriveSettings.of(properties("weir.drive~a")));
        assertEquals("/cwd/x.img", properties("weir.drive~option").get("backend.path"));
        assertEquals(
                new GroupSettings("g", "bucket", ThrottleLimits.of(Map.of("iops", 100L))),
                GroupSettings.of(properties("weir.group~g")));
        assertArrayEquals(new String[] {"unix:/home/weir/run/nbd.sock"}, (String[])
                properties("weir.nbd").get("listen"));
        assertEquals(List.of("a", "b", "option"), outcome(ConfigurationSource.DRIVES));
        assertEquals(List.of(), outcome(ConfigurationSource.FAULTS));
        assertEquals(List.of(), outcome(ConfigurationSource.WARNINGS));
    }

    @Test
    void metricsFollowTheFile() throws Exception {
        String listen = "weir.metrics.listen = \"tcp:127.0.0.1:9464\"";
        HoconConfiguration component = start(TWO_DRIVES + listen);
        assertEquals("tcp:127.0.0.1:9464", properties("weir.metrics").get("listen"));
        folder.write("weir.conf", TWO_DRIVES);
        assertEquals(List.of(), component.reload());
        assertEquals(false, changeCounts().containsKey("weir.metrics"));
    }

    @Test
    void originsNameFileAndLine() {
        folder.write("shared.conf", "iops = 7, iops_max = 5000");
        HoconConfiguration component = start(
                """
                weir {
                  groups.g.limits { include "shared.conf" }
                  drives.a {
                    backend { type = memory, size = 1M }
                    limits.bps = 4M
                    group = g
                  }
                }
                """);
        assertEquals(
                Map.of(
                        "backend.type", "weir.conf:4",
                        "backend.size", "weir.conf:4",
                        "limits.bps", "weir.conf:5",
                        "group", "weir.conf:6"),
                component.origins(DriveSettings.pid("a")));
        assertEquals(
                Map.of("limits.iops", "shared.conf:1", "limits.iops_max", "shared.conf:1"),
                component.origins(GroupSettings.pid("g")));
        assertEquals(
                "-drive id=option,…",
                component.origins(DriveSettings.pid("option")).get("backend.path"));
        assertEquals(Map.of(), component.origins(DriveSettings.pid("theirs")));

        folder.write("weir.conf", "weir.drives.a.limits.bps = -1");
        component.reload();
        assertEquals("weir.conf:5", component.origins(DriveSettings.pid("a")).get("limits.bps"));
    }

    @Test
    void unchangedDrivesAreUntouched() throws Exception {
        HoconConfiguration component = start(TWO_DRIVES);
        Map<String, Long> before = changeCounts();

        assertEquals(List.of(), component.reload());
        assertEquals(before, changeCounts());

        folder.write("weir.conf", "# moved\n" + TWO_DRIVES.replace("4M", "5M"));
        assertEquals(List.of(), component.reload());
        before.merge("weir.drive~a", 1L, Long::sum);
        assertEquals(before, changeCounts());
        assertEquals(5L << 20, properties("weir.drive~a").get("limits.bps"));
    }

    @Test
    void faultChangesNothing() throws Exception {
        HoconConfiguration component = start(TWO_DRIVES);
        Map<String, Long> before = changeCounts();
        List<String> faults = List.of(
                "weir.conf:5: drives.b.colour = red: unknown key;"
                        + " choose from backend, policy, profile, limits, group, weight, min, read-only, description, clients, filters, faults, charge-discards, flushes");

        folder.write(
                "weir.conf", TWO_DRIVES.replace("2M }", "3M }, colour = red").replace("4M", "5"));
        assertEquals(faults, component.reload());
        assertEquals(before, changeCounts());
        assertEquals(faults, outcome(ConfigurationSource.FAULTS));
        assertEquals(
                List.of("weir.conf:4: drives.a.limits.bps = 5: makes a request of 4 KiB wait 819.2 s"),
                outcome(ConfigurationSource.WARNINGS));
        assertEquals(List.of("a", "b", "option"), outcome(ConfigurationSource.DRIVES));

        folder.write("weir.conf", TWO_DRIVES);
        assertEquals(List.of(), component.reload());
        assertEquals(List.of(), outcome(ConfigurationSource.FAULTS));
        assertEquals(before, changeCounts());
    }

    @Test
    void faultAtStartLeavesNoDrives() throws Exception {
        start("weir {");

        assertEquals(Map.of(), changeCounts());
        assertEquals(1, outcome(ConfigurationSource.FAULTS).size());
        assertEquals(List.of(), outcome(ConfigurationSource.DRIVES));
    }

    @Test
    void removedDriveIsDeleted() throws Exception {
        HoconConfiguration component = start(TWO_DRIVES);
        folder.write("weir.conf", "weir.drives.b { backend { type = memory, size = 2M } }");

        assertEquals(List.of(), component.reload());
        assertEquals(
                List.of("weir.drive~b", "weir.drive~option", "weir.nbd"),
                List.copyOf(changeCounts().keySet()));
        assertEquals(List.of("b", "option"), outcome(ConfigurationSource.DRIVES));
    }

    @Test
    void staleConfigurationsGoAndForeignOnesStay() throws Exception {
        start(TWO_DRIVES).stop();
        admin.getFactoryConfiguration(DriveSettings.PID, "theirs", "?")
                .update(FrameworkUtil.asDictionary(Map.of("x", "y")));
        start("weir.drives.c { backend { type = memory, size = 2M } }");

        assertEquals(
                List.of("weir.drive~c", "weir.drive~option", "weir.drive~theirs", "weir.nbd"),
                List.copyOf(changeCounts().keySet()));
    }

    @Test
    void groupsOutliveTheirDrives() {
        List<String> events = new ArrayList<>();
        context.registerService(
                SynchronousConfigurationListener.class,
                event -> {
                    if (!event.getPid().equals(Delivery.PID)) {
                        events.add((event.getType() == ConfigurationEvent.CM_DELETED ? "- " : "+ ") + event.getPid());
                    }
                },
                null);
        HoconConfiguration component = start(TWO_DRIVES);
        folder.write(
                "weir.conf",
                TWO_DRIVES.replace("g.", "h.").replace("= g", "= h").replace("b {", "c {"));
        component.reload();

        assertEquals(
                List.of(
                        "+ weir.group~g",
                        "+ weir.drive~a",
                        "+ weir.drive~b",
                        "+ weir.drive~option",
                        "+ weir.nbd",
                        "+ weir.group~h",
                        "- weir.drive~b",
                        "+ weir.drive~a",
                        "+ weir.drive~c",
                        "- weir.group~g"),
                events);
    }

    @Test
    void failingConfigurationAdmin() {
        ConfigurationAdmin full = (ConfigurationAdmin) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ConfigurationAdmin.class}, (proxy, method, arguments) -> {
                    throw new IOException("no room left");
                });
        folder.write("weir.conf", TWO_DRIVES);
        component(full).start();

        assertEquals(
                List.of("Configuration Admin cannot store the configuration: no room left"),
                outcome(ConfigurationSource.FAULTS));
        assertEquals(List.of(), outcome(ConfigurationSource.DRIVES));
    }

    @Test
    void stopKeepsTheDrives() throws Exception {
        HoconConfiguration component = start(TWO_DRIVES);
        Map<String, Long> before = changeCounts();

        component.stop();
        assertEquals(before, changeCounts());
        assertNull(context.getServiceReference(ConfigurationSource.class));
        assertEquals(List.of("the bundle weir-config is stopped"), component.reload());
    }

    @Test
    void homeIsRequired() {
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> Inputs.of(key -> null));

        assertEquals("weir.home: must be set to an absolute path", e.getMessage());
    }
}
