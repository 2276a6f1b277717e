package dev.weir.engine.storage;

import dev.weir.block.BlockDevice;
import dev.weir.block.filter.BlockFilter;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.block.filter.FilterContext;
import dev.weir.clock.Clock;
import dev.weir.drive.control.FilterSnapshot;
import dev.weir.fault.FaultFilter;
import dev.weir.log.FailureText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The filters in front of a device. A change keeps the filters that the new list names too, with their state.
 *
 * <p>Queries are thread-safe. Only the drive's lifecycle changes the chain. See docs/design/decisions/027.
 */
public final class FilterChain {
    private static final Logger LOG = LoggerFactory.getLogger(FilterChain.class);

    /**
     * An open filter.
     *
     * @param entry takes the requests for the filter: the filter itself, or its isolation
     */
    private record Link(WantedFilter setting, NextDevice next, BlockFilter filter, BlockDevice entry) {
        Link with(WantedFilter newSetting) {
            return new Link(newSetting, next, filter, entry);
        }

        ChainPart part() {
            return new ChainPart(isFaults() ? "fault" : "filter " + setting.type(), entry);
        }

        boolean isFaults() {
            return filter instanceof FaultFilter;
        }

        FilterSnapshot snapshot() {
            ChainPart part = part();
            return new FilterSnapshot(
                    setting.type(), setting.options(), part.held().size(), part.condition());
        }
    }

    private final String drive;
    private final BlockDevice device;
    private final Clock clock;
    private volatile List<Link> links = List.of();
    private volatile BlockDevice first;
    private volatile Geometry geometry;

    /** Whether all wanted filters are open, connected and configured. */
    private boolean isComplete = true;

    /**
     * Creates a chain without filters.
     *
     * @throws IOException if the answers of the device break its contract
     */
    FilterChain(String drive, BlockDevice device, Clock clock) throws IOException {
        this.drive = drive;
        this.device = device;
        this.clock = clock;
        this.first = device;
        this.geometry = Geometry.of(device);
    }

    /** Returns the geometry of {@link #first} after the last change. */
    Geometry geometry() {
        return geometry;
    }

    /** Returns the device to which requests go: the first filter, or the storage without filters. */
    BlockDevice first() {
        return first;
    }

    boolean isEmpty() {
        return first == device;
    }

    /** Returns the open filters from the client to the storage, with the names that operators see. */
    public List<ChainPart> parts() {
        return links.stream().map(Link::part).toList();
    }

    /** Returns the state of the open filters from the client to the storage, without the one of the faults. */
    public List<FilterSnapshot> snapshot() {
        return links.stream()
                .filter(link -> !link.isFaults())
                .map(Link::snapshot)
                .toList();
    }

    /** Returns the filter that applies the drive's faults, or null. */
    public @Nullable FaultFilter faults() {
        for (Link link : links) {
            if (link.filter instanceof FaultFilter faults) {
                return faults;
            }
        }
        return null;
    }

    /** Returns the settings of the open filters in order. */
    public List<WantedFilter> wanted() {
        return links.stream().map(Link::setting).toList();
    }

    void check() throws IOException {
        for (Link link : links) {
            link.filter.check();
        }
    }

    /** Returns whether {@link #configure} is enough for a new list of filters. Otherwise {@link #change} is needed. */
    public boolean canConfigure(List<WantedFilter> wanted) {
        List<Link> now = links;
        boolean fits = isComplete && now.size() == wanted.size();
        for (int i = 0; fits && i < now.size(); i++) {
            fits = now.get(i).setting.isSameKind(wanted.get(i));
        }
        return fits;
    }

    /**
     * Gives the filters their new options while requests pass.
     *
     * @throws IOException if a filter refuses them; {@link #change} must follow
     */
    public void configure(List<WantedFilter> wanted) throws IOException {
        List<Link> now = new ArrayList<>(links);
        for (int i = 0; i < now.size(); i++) {
            if (!now.get(i).setting.isSame(wanted.get(i))) {
                isComplete = false;
                now.set(i, configured(now.get(i), wanted.get(i)));
            }
        }
        links = List.copyOf(now);
        isComplete = true;
    }

    private static Link configured(Link link, WantedFilter wanted) throws IOException {
        try {
            wanted.checkOptions();
            link.filter.configure(wanted.options());
            return link.with(wanted);
        } catch (IOException | RuntimeException | Error e) {
            throw refused(wanted, e);
        }
    }

    private static IOException refused(WantedFilter wanted, Throwable e) {
        return new IOException("filter " + wanted.type() + ": " + FailureText.of(e), e);
    }

    /**
     * Closes the filters that the new list lacks, opens those that are new and connects all of them. Called while the
     * storage is stopped. The storage must stay stopped after an exception.
     *
     * @throws IOException if a filter is missing or refuses its options
     */
    public void change(List<WantedFilter> wanted) throws IOException {
        isComplete = false;
        @Nullable Link[] chain = kept(wanted);
        closeOthers(Arrays.asList(chain));
        try {
            for (WantedFilter each : wanted) {
                if (each.factory() == null) {
                    throw new IOException("filter " + each.type() + " is missing");
                }
            }
            // backwards, because a filter may ask the next one for its size when it is opened
            BlockDevice behind = device;
            for (int i = chain.length - 1; i >= 0; i--) {
                Link link = chain[i];
                chain[i] = link == null ? opened(wanted.get(i), behind) : connected(link, wanted.get(i), behind);
                behind = Objects.requireNonNull(chain[i]).entry;
            }
            geometry = measured(behind);
            first = behind;
            isComplete = true;
        } finally {
            links = Arrays.stream(chain).filter(Objects::nonNull).toList();
        }
    }

    private static Geometry measured(BlockDevice chain) throws IOException {
        try {
            return Geometry.of(chain);
        } catch (IOException | RuntimeException | Error e) {
            throw new IOException("filters: " + FailureText.of(e), e);
        }
    }

    /** Returns for each wanted filter the open one of its kind, or null. */
    private @Nullable Link[] kept(List<WantedFilter> wanted) {
        List<Link> free = new ArrayList<>(links);
        @Nullable Link[] kept = new @Nullable Link[wanted.size()];
        for (int i = 0; i < kept.length; i++) {
            for (Link link : free) {
                if (kept[i] == null && link.setting.isSameKind(wanted.get(i))) {
                    kept[i] = link;
                }
            }
            free.remove(kept[i]);
        }
        return kept;
    }

    private Link connected(Link link, WantedFilter wanted, BlockDevice behind) throws IOException {
        link.next.set(behind);
        return configured(link, wanted);
    }

    private Link opened(WantedFilter wanted, BlockDevice behind) throws IOException {
        try {
            wanted.checkOptions();
            BlockFilterFactory factory = Objects.requireNonNull(wanted.factory());
            PartThread thread = factory.returnsAtOnce() ? null : new PartThread(drive, clock);
            NextDevice next = new NextDevice(behind, thread);
            FilterContext context = new FilterContext(drive, next, thread == null ? clock : thread.clock());
            BlockFilter filter = Objects.requireNonNull(
                    factory.open(context, wanted.options()),
                    () -> factory.getClass().getName() + " opened nothing");
            return new Link(wanted, next, filter, thread == null ? filter : new IsolatedDevice(drive, filter, thread));
        } catch (IOException | RuntimeException | Error e) {
            throw refused(wanted, e);
        }
    }

    /** Lets each filter pass on the requests that it holds, from the first to the last. */
    void release() {
        for (Link link : links) {
            try {
                link.filter.release();
            } catch (RuntimeException | Error e) {
                LOG.error("drive {}: filter {} failed to release its requests", drive, link.setting.type(), e);
            }
        }
    }

    /** Closes all filters. Called while no request is in flight. */
    void close() {
        closeOthers(List.of());
        links = List.of();
        first = device;
    }

    private void closeOthers(List<@Nullable Link> kept) {
        for (Link link : links) {
            if (!kept.contains(link)) {
                try {
                    link.entry.close();
                } catch (IOException | RuntimeException | Error e) {
                    LOG.error("drive {}: closing filter {} failed", drive, link.setting.type(), e);
                }
            }
        }
    }
}
