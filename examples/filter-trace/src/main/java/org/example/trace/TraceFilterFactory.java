package org.example.trace;

import dev.weir.block.BlockOption;
import dev.weir.block.BlockOption.Kind;
import dev.weir.block.filter.BlockFilter;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.block.filter.FilterContext;
import dev.weir.log.RateLimitedLog;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service that opens filters for {@code type = trace}. Thread-safe. */
@Component
public final class TraceFilterFactory implements BlockFilterFactory {
    private static final Logger LOG = LoggerFactory.getLogger(TraceFilterFactory.class);

    @Override
    public String type() {
        return "trace";
    }

    @Override
    public List<BlockOption> options() {
        return List.of(new BlockOption(TraceFilter.SLOWER_THAN, Kind.DURATION, true, "requests that take longer are logged"));
    }

    @Override
    public void check(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
        TraceFilter.boundNanos(options);
    }

    @Override
    public BlockFilter open(FilterContext context, Map<String, Object> options) throws IOException {
        // bounded, because a slow disk makes every request a line
        RateLimitedLog log = new RateLimitedLog("drive " + context.drive() + ": slow requests", LOG::warn);
        TraceFilter filter = new TraceFilter(context, line -> log.write(() -> line));
        filter.configure(options);
        return filter;
    }
}
