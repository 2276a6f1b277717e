package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockOption;
import dev.weir.block.filter.BlockFilter;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.block.filter.FilterContext;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.FilterSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Factories of backends and filters that open nothing or change their type. */
class OddFactoryTest {
    private final EngineFixture fixture = new EngineFixture(System.identityHashCode(this));

    /** The number of questions for a type. */
    private int asked;

    private final class OddBackends implements BlockBackendFactory {
        @Override
        public String type() {
            return "odd" + (asked++ == 0 ? "" : asked);
        }

        @Override
        public List<BlockOption> options() {
            return List.of();
        }

        @Override
        @SuppressWarnings("NullAway")
        public BlockBackend open(String drive, Map<String, Object> options, boolean readOnly) {
            return null;
        }
    }

    private static final class OddFilters implements BlockFilterFactory {
        @Override
        public String type() {
            return "odd";
        }

        @Override
        public List<BlockOption> options() {
            return List.of();
        }

        @Override
        @SuppressWarnings("NullAway")
        public BlockFilter open(FilterContext context, Map<String, Object> options) {
            return null;
        }
    }

    @Test
    void backendThatIsNotOpenedMakesItsDriveUnavailable() {
        fixture.engine.addBackends(new OddBackends(), 0);
        fixture.engine.configure(DriveSettings.builder("vm1", "odd").build());
        DriveSnapshot drive = fixture.control("vm1").snapshot();
        assertEquals(State.UNAVAILABLE, drive.state());
        assertTrue(drive.reason().startsWith(OddBackends.class.getName() + " opened nothing"), drive.reason());
    }

    @Test
    void filterThatIsNotOpenedHoldsItsDrive() {
        fixture.engine.addFilters(new OddFilters(), 0);
        fixture.engine.configure(DriveSettings.builder("vm1", "test")
                .filters(List.of(new FilterSettings("odd", Map.of())))
                .build());
        DriveSnapshot drive = fixture.control("vm1").snapshot();
        assertEquals(State.HOLDING, drive.state());
        assertTrue(drive.reason().contains(OddFilters.class.getName() + " opened nothing"), drive.reason());
    }

    @Test
    void typeIsThatOfTheRegistration() {
        OddBackends odd = new OddBackends();
        fixture.engine.configure(DriveSettings.builder("vm1", "odd").build());
        fixture.engine.addBackends(odd, 0);
        assertTrue(fixture.control("vm1").snapshot().reason().contains("opened nothing"));
        fixture.engine.removeBackends(odd);
        assertEquals("backend odd is missing", fixture.control("vm1").snapshot().reason());
    }
}
