package dev.weir.testkit.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.weir.block.BlockBackend;
import dev.weir.testkit.block.PagedBackend.Fault;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** Tests of the contract suite: a correct backend passes and each defect is found. */
class BlockBackendContractTest {
    private static Set<Fault> faults = Set.of();

    static class Subject extends BlockBackendContract {
        @Override
        protected BlockBackend open(long size) {
            return new PagedBackend(size, faults);
        }

        @Override
        protected boolean resizes() {
            return true;
        }
    }

    private static Events runWith(Set<Fault> chosen) {
        faults = chosen;
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(Subject.class))
                .execute()
                .testEvents();
    }

    @Test
    void correctBackendPasses() {
        Events events = runWith(EnumSet.noneOf(Fault.class));
        assertEquals(0, events.failed().count(), () -> events.failed().list().toString());
        assertTrue(events.succeeded().count() > 10);
    }

    @ParameterizedTest
    @EnumSource
    void everyFaultIsFound(Fault fault) {
        assertTrue(runWith(EnumSet.of(fault)).failed().count() > 0);
    }
}
