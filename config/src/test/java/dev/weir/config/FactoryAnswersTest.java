package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockOption;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.throttle.LimitFault;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Factories with invalid answers. They affect the drives of their type only. */
final class FactoryAnswersTest {
    private final ConfigFolder folder;

    FactoryAnswersTest(@TempDir Path folder) {
        this.folder = new ConfigFolder(folder);
    }

    private static final class Odd implements BlockBackendFactory, ThrottlePolicyFactory {
        @Override
        @SuppressWarnings("NullAway")
        public String type() {
            return null;
        }

        @Override
        @SuppressWarnings("NullAway")
        public List<BlockOption> options() {
            return null;
        }

        @Override
        public List<LimitFault> faults(ThrottleLimits limits) {
            throw new NoClassDefFoundError("odd");
        }

        @Override
        public BlockBackend open(String drive, Map<String, Object> options, boolean readOnly) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ThrottlePolicy create(ThrottleLimits limits, ThrottleDebt owed, long now) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void failingFactoryIsAWarningAtItsDrives() {
        Odd odd = new Odd();
        Types types = new Types(
                Map.of("memory", TestTypes.MEMORY, "odd", odd),
                Map.of(),
                Map.of("bucket", TestTypes.BUCKET, "odd", odd));
        folder.write(
                "weir.conf",
                """
                weir.drives {
                  a.backend { type = odd, size = 1M }
                  b { backend { type = memory, size = 1M }, policy = odd }
                  c.backend { type = memory, size = 1M }
                }
                """);
        Reading reading = ConfigFolder.read(folder.inputs(List.of(), List.of()), types);

        assertEquals(List.of(), reading.faults());
        assertEquals(
                List.of("a", "b", "c"),
                reading.drives().stream().map(DriveSettings::name).toList());
        assertEquals(2, reading.warnings().size(), reading.warnings()::toString);
        assertTrue(
                reading.warnings()
                        .get(0)
                        .startsWith("weir.conf:2: drives.a.backend.type = odd: " + Odd.class.getName()
                                + " of this type fails: java.lang.NullPointerException"),
                reading.warnings()::toString);
        assertEquals(
                "weir.conf:3: drives.b.policy = odd: " + Odd.class.getName()
                        + " of this type fails: java.lang.NoClassDefFoundError: odd",
                reading.warnings().get(1));
    }

    @Test
    void factoryWithoutTypeIsRefused() {
        Odd odd = new Odd();
        assertThrows(NullPointerException.class, () -> FactoryAnswers.type(odd, odd::type));
    }
}
