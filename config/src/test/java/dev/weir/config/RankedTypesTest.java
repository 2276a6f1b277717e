package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.ServiceReference;

/** Types that go while the bundle of their factory is updated. */
final class RankedTypesTest extends ConfigurationFixture {
    private final RankedTypes<String> types = new RankedTypes<>();

    RankedTypesTest(@TempDir Path temporary) throws Exception {
        super(temporary);
    }

    @Test
    void updatedTypeIsAwaited() {
        ServiceReference<String> before = reference(String.class, "old");
        types.add(before, "bucket", "old");
        assertFalse(types.hasGone());

        types.remove(before);
        assertTrue(types.hasGone());
        assertFalse(types.isComplete());

        types.add(reference(String.class, "new"), "bucket", "new");
        assertTrue(types.isComplete());
        assertEquals(Map.of("bucket", "new"), types.byType());

        types.forgetGone();
        assertFalse(types.hasGone());
    }
}
