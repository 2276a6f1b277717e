package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockBackendFactory;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.SynchronousConfigurationListener;

/** The component with a real Configuration Admin and service registry. */
final class HoconConfigurationTest {
    private static final String TWO_DRIVES =
            """
            weir {
              groups.g.limits.iops = 100
              drives {
                a { backend { type = memory, size = 1M }, limits.bps = 4M, group = g }
                b { backend { type = memory, size = 2M } }
              }
            }
            """;

    private final ConfigFolder folder;
    private final FelixFramework felix;
    private final BundleContext context;
    private final ConfigurationAdmin admin;

    HoconConfigurationTest(@TempDir Path temporary) throws Exception {
        folder = new ConfigFolder(temporary);
        felix = new FelixFramework(
                temporary.resolve("felix"),
                Map.of(
                        "weir.home",
                        "/home/weir",
                        "weir.cwd",
                        "/cwd",
                        "weir.config.file",
                        folder.file().toString(),
                        "weir.drive.0",
                        "id=option,file=x.img",
                        HoconConfiguration.POLL,
                        "0"));
        context = felix.context();
        admin = felix.configurationAdmin();
    }

    @AfterEach
    void stop() throws Exception {
        felix.stop();
    }

    private HoconConfiguration component(ConfigurationAdmin configurationAdmin) {
        HoconConfiguration component = new HoconConfiguration(context, configurationAdmin);
        addBackend(component, TestTypes.FILE);
        addBackend(component, TestTypes.MEMORY);
        component.addPolicy(reference(ThrottlePolicyFactory.class, TestTypes.BUCKET), TestTypes.BUCKET);
        return component;
    }

    private void addBackend(HoconConfiguration component, BlockBackendFactory factory) {
        component.addBackend(reference(BlockBackendFactory.class, factory), factory);
    }

    private <T> ServiceReference<T> reference(Class<T> type, T service) {
        return context.registerService(type, service, null).getReference();
    }

    /** Writes a file and starts the component with it. */
    private HoconConfiguration start(String text) {
        folder.write("weir.conf", text);
        HoconConfiguration component = component(admin);
        component.start();
        return component;
    }

    /** Returns the change count of each configuration by PID. */
    private Map<String, Long> changeCounts() throws Exception {
        Map<String, Long> counts = new TreeMap<>();
        Configuration[] all = admin.listConfigurations(null);
        for (Configuration configuration : all == null ? new Configuration[0] : all) {
            counts.put(configuration.getPid(), configuration.getChangeCount());
        }
        return counts;
    }

    private Map<String, Object> properties(String pid) throws IOException {
        return FrameworkUtil.asMap(admin.getConfiguration(pid, "?").getProperties());
    }

    private List<String> outcome(String property) {
        ServiceReference<?> reference = context.getServiceReference(ConfigurationSource.class);
        return List.of((String[]) Objects.requireNonNull(reference).getProperty(property));
    }

    @Test
    void configurationsAreSet() throws Exception {
        start(TWO_DRIVES);

        assertEquals(
                List.of("weir.drive~a", "weir.drive~b", "weir.drive~option", "weir.group~g", "weir.nbd"),
                List.copyOf(changeCounts().keySet()));
        assertEquals(
                new DriveSettings(
                        "a",
                        "memory",
                        Map.of("size", 1L << 20),
                        false,
                        "bucket",
                        "g",
                        ThrottleLimits.of(Map.of("bps", 4L << 20))),
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
    void settledChangeIsReadAgain() throws Exception {
        HoconConfiguration component = start(TWO_DRIVES);
        Map<String, Long> before = changeCounts();

        folder.write("weir.conf", TWO_DRIVES.replace("4M", "5M"));
        component.poll();
        assertEquals(before, changeCounts());
        component.poll();
        assertEquals(5L << 20, properties("weir.drive~a").get("limits.bps"));
    }

    @Test
    void truncatedOrMissingFileIsAFault() throws Exception {
        HoconConfiguration component = start(TWO_DRIVES);
        Map<String, Long> before = changeCounts();
        for (String half : List.of("", "# Weir's drives\n", TWO_DRIVES.substring(0, TWO_DRIVES.length() / 2))) {
            folder.write("weir.conf", half);
            component.poll();
            component.poll();
            assertEquals(1, outcome(ConfigurationSource.FAULTS).size(), half);
        }
        Files.delete(folder.file());
        component.poll();
        component.poll();
        assertEquals(List.of(folder.file() + ": no such file"), outcome(ConfigurationSource.FAULTS));
        assertEquals(before, changeCounts());

        folder.write("weir.conf", TWO_DRIVES);
        component.poll();
        component.poll();
        assertEquals(List.of(), outcome(ConfigurationSource.FAULTS));
        assertEquals(before, changeCounts());
    }

    @Test
    void faultIsReportedOnce() {
        HoconConfiguration component = start(TWO_DRIVES);
        folder.write("weir.conf", "weir {");
        component.poll();
        component.poll();
        AtomicInteger told = new AtomicInteger();
        context.addServiceListener(event -> told.incrementAndGet());
        component.poll();
        component.poll();
        assertEquals(0, told.get());
    }

    @Test
    void includedFilesAreWatched() throws Exception {
        folder.write("disks.conf", "a.backend { type = memory, size = 1M }");
        HoconConfiguration component = start("weir.drives { include \"disks\"\n include \"more/later.conf\" }");
        assertEquals(List.of("a", "option"), outcome(ConfigurationSource.DRIVES));

        folder.write("disks.conf", "b.backend { type = memory, size = 1M }");
        component.poll();
        component.poll();
        assertEquals(List.of("b", "option"), outcome(ConfigurationSource.DRIVES));

        Files.createDirectory(folder.folder().resolve("more"));
        folder.write("more/later.conf", "include \"nested\"");
        folder.write("more/nested.conf", "c.backend { type = memory, size = 1M }");
        component.poll();
        component.poll();
        assertEquals(List.of("b", "c", "option"), outcome(ConfigurationSource.DRIVES));

        folder.write("more/nested.conf", "d.backend { type = memory, size = 1M }");
        component.poll();
        component.poll();
        assertEquals(List.of("b", "d", "option"), outcome(ConfigurationSource.DRIVES));
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
                        + " choose from backend, policy, limits, group, read-only, description, clients, charge-discards, flushes");

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
    void lateTypeIsReadWithItsOptions() throws Exception {
        HoconConfiguration component = start(
                "weir.drives.r.backend { type = remote, host = 10, cache = 1M, tls { cert = c.pem, verify = yes } }");
        assertEquals("1M", properties("weir.drive~r").get("backend.cache"));
        assertEquals(1, outcome(ConfigurationSource.WARNINGS).size());

        CountDownLatch modified = new CountDownLatch(1);
        context.addServiceListener(
                event -> {
                    if (event.getType() == ServiceEvent.MODIFIED) {
                        modified.countDown();
                    }
                },
                "(objectClass=" + ConfigurationSource.class.getName() + ")");
        addBackend(component, TestTypes.REMOTE);

        assertTrue(modified.await(20, TimeUnit.SECONDS));
        assertEquals(List.of(), outcome(ConfigurationSource.WARNINGS));
        assertEquals(
                Map.of("host", "10", "cache", 1L << 20, "tls.cert", folder.folder() + "/c.pem", "tls.verify", true),
                DriveSettings.of(properties("weir.drive~r")).backendOptions());
    }

    @Test
    void removedTypeIsReported() {
        HoconConfiguration component = start(TWO_DRIVES);
        ServiceReference<ThrottlePolicyFactory> slice = reference(ThrottlePolicyFactory.class, TestTypes.SLICE);
        folder.write("weir.conf", "weir.groups.g { policy = slice, limits.iops = 5 }");

        component.addPolicy(slice, TestTypes.SLICE);
        component.reload();
        assertEquals(List.of(), outcome(ConfigurationSource.WARNINGS));

        component.removePolicy(slice);
        component.reload();
        assertEquals(1, outcome(ConfigurationSource.WARNINGS).size());
    }

    @Test
    void errorDoesNotEndTheWatch() throws Exception {
        HoconConfiguration component = start(TWO_DRIVES);
        Broken broken = new Broken();
        broken.error = new OutOfMemoryError("for the test");
        component.addGroup(broken.group());
        folder.write("weir.conf", TWO_DRIVES.replace("4M", "5M"));
        component.poll();
        component.poll();
        assertEquals(
                List.of("the configuration could not be read: java.lang.OutOfMemoryError: for the test"),
                outcome(ConfigurationSource.FAULTS));
        assertEquals(4L << 20, properties("weir.drive~a").get("limits.bps"));

        broken.error = null;
        for (int i = 0; i < HoconConfiguration.LOOKS_UNTIL_RETRY; i++) {
            component.poll();
        }
        assertEquals(5L << 20, properties("weir.drive~a").get("limits.bps"));
        assertEquals(List.of(), outcome(ConfigurationSource.FAULTS));
    }

    @Test
    void stopDoesNotWaitForAReadingThatHangs() throws Exception {
        HoconConfiguration component = start(TWO_DRIVES);
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Broken broken = new Broken();
        broken.hang = () -> {
            reading.countDown();
            assertTrue(end.await(20, TimeUnit.SECONDS));
            return null;
        };
        component.addGroup(broken.group());
        Thread reload = new Thread(component::reload);
        reload.start();
        assertTrue(reading.await(20, TimeUnit.SECONDS));
        component.stop();
        assertNull(context.getServiceReference(ConfigurationSource.class));
        end.countDown();
        reload.join();
        assertNull(context.getServiceReference(ConfigurationSource.class));
    }

    /** A group whose settings cannot be read. */
    private static final class Broken {
        private @Nullable Error error;
        private Callable<@Nullable Void> hang = () -> null;

        GroupControl group() {
            return (GroupControl) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {GroupControl.class}, this::answer);
        }

        private @Nullable Object answer(Object proxy, Method method, Object[] arguments) throws Exception {
            return switch (method.getName()) {
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> proxy == arguments[0];
                case "name" -> "broken";
                default -> snapshot();
            };
        }

        private GroupSnapshot snapshot() throws Exception {
            if (error != null) {
                throw error;
            }
            hang.call();
            GroupSettings settings = new GroupSettings("broken", "bucket", ThrottleLimits.NONE);
            return new GroupSnapshot(settings, "", "bucket", ThrottleLimits.NONE, ThrottleDebt.NONE, 0, 0);
        }
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
