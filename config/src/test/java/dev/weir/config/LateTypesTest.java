package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;

/** Types of backends and policies that come and go. */
final class LateTypesTest extends ConfigurationFixture {
    LateTypesTest(@TempDir Path temporary) throws Exception {
        super(temporary);
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
}
