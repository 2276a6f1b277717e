package dev.weir.filter.faults;

import dev.weir.block.BlockOption;
import dev.weir.block.BlockOption.Kind;
import dev.weir.block.filter.BlockFilter;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.block.filter.FilterContext;
import dev.weir.fault.FaultSettings;
import dev.weir.log.RateLimitedLog;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service that opens the filters of drives with faults. Thread-safe. */
@Component
public final class FaultsFilterFactory implements BlockFilterFactory {
    private static final Logger LOG = LoggerFactory.getLogger(FaultsFilterFactory.class);

    @Override
    public String type() {
        return FaultSettings.TYPE;
    }

    @Override
    public List<BlockOption> options() {
        return List.of(
                new BlockOption(
                        FaultSettings.FAULTS, Kind.TEXT, false, "faults: NAME KEY=VALUE …, separated by semicolons"),
                new BlockOption(FaultSettings.POWER_CUT, Kind.FLAG, false, "whether unflushed writes can be lost"),
                new BlockOption(FaultSettings.MEMORY, Kind.BYTES, false, "the most unflushed data that can be lost"),
                new BlockOption(FaultSettings.SEED, Kind.COUNT, false, "seed of the faults that have none"));
    }

    /** Returns the settings in options. */
    static FaultSettings settings(Map<String, Object> options) throws IOException {
        try {
            return FaultSettings.of(options);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void check(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
        settings(options);
    }

    @Override
    public boolean returnsAtOnce() {
        return true;
    }

    @Override
    public BlockFilter open(FilterContext context, Map<String, Object> options) throws IOException {
        // bounded, because a schedule of milliseconds begins and ends all the time
        RateLimitedLog log = new RateLimitedLog("drive " + context.drive() + ": faults", LOG::warn);
        FaultsFilter filter = new FaultsFilter(context, line -> log.write(() -> line), () -> ThreadLocalRandom.current()
                .nextLong(1L << 48));
        filter.configure(options);
        return filter;
    }
}
