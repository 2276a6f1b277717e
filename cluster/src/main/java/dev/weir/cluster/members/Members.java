package dev.weir.cluster.members;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses at which the hosts of a cluster listen, from entries {@code HOST:PORT}. A name stands for all its
 * addresses in DNS. Entries and names are looked up again at most once a second.
 *
 * <p>Thread-safe. A look-up of a name may block for seconds.
 */
public final class Members {
    /** The rule for entries. */
    static final String RULE = "must be HOST:PORT, an IPv6 address in brackets";

    private static final Logger LOG = LoggerFactory.getLogger(Members.class);
    private static final Pattern ENTRY = Pattern.compile("\\[([0-9A-Fa-f:.]+)]:(\\d{1,5})|([^\\s:\\[\\]]+):(\\d{1,5})");
    private static final int HIGHEST_PORT = 65_535;
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Looks up a name. */
    interface Resolver {
        /** Returns all addresses of a name. */
        InetAddress[] addresses(String name) throws UnknownHostException;
    }

    private final Supplier<List<String>> entries;
    private final Resolver resolver;
    private final LongSupplier nanoTime;
    private final Consumer<String> warnings;

    /** The last addresses of each entry. */
    private Map<String, List<InetSocketAddress>> known = Map.of();

    /** The entries whose last look-up failed. */
    private final Set<String> failed = new HashSet<>();

    private List<InetSocketAddress> all = List.of();
    private boolean isLooked;
    private long lookedAt;

    /**
     * Creates members without a look-up.
     *
     * @param nanoTime the clock (ns)
     * @param warnings takes a line for each name that cannot be looked up any more
     */
    Members(Supplier<List<String>> entries, Resolver resolver, LongSupplier nanoTime, Consumer<String> warnings) {
        this.entries = entries;
        this.resolver = resolver;
        this.nanoTime = nanoTime;
        this.warnings = warnings;
    }

    /** Returns the members of a list of entries. */
    public static Members listed(List<String> entries, LongSupplier nanoTime) {
        return new Members(() -> entries, InetAddress::getAllByName, nanoTime, LOG::warn);
    }

    /** Returns the members of a file, which has one entry a line and is read again after a change. */
    public static Members inFile(Path file, LongSupplier nanoTime) {
        return new Members(new MemberFile(file, LOG::warn), InetAddress::getAllByName, nanoTime, LOG::warn);
    }

    /** Returns whether a text is {@code HOST:PORT} with a port from 1 to 65535. */
    static boolean isEntry(String text) {
        Matcher entry = ENTRY.matcher(text);
        return entry.matches() && port(entry) >= 1 && port(entry) <= HIGHEST_PORT;
    }

    private static int port(Matcher entry) {
        return Integer.parseInt(entry.group(2) == null ? entry.group(4) : entry.group(2));
    }

    /** Returns the present addresses without repetitions. A name that cannot be looked up keeps its last addresses. */
    public synchronized List<InetSocketAddress> addresses() {
        long now = nanoTime.getAsLong();
        if (isLooked && now - lookedAt < FRESH_NANOS) {
            return all;
        }
        Map<String, List<InetSocketAddress>> found = new LinkedHashMap<>();
        entries.get().forEach(entry -> found.put(entry, resolved(entry)));
        failed.retainAll(found.keySet());
        known = found;
        all = found.values().stream().flatMap(List::stream).distinct().toList();
        isLooked = true;
        lookedAt = nanoTime.getAsLong();
        return all;
    }

    private List<InetSocketAddress> resolved(String text) {
        Matcher entry = ENTRY.matcher(text);
        if (!entry.matches()) {
            throw new IllegalArgumentException(text + ": " + RULE);
        }
        String host = entry.group(1) == null ? entry.group(3) : entry.group(1);
        List<InetSocketAddress> addresses = new ArrayList<>();
        try {
            for (InetAddress address : resolver.addresses(host)) {
                addresses.add(new InetSocketAddress(address, port(entry)));
            }
            failed.remove(text);
            return addresses;
        } catch (UnknownHostException e) {
            if (failed.add(text)) {
                warnings.accept("cluster: " + host + " has no address; its last addresses stay");
            }
            return known.getOrDefault(text, List.of());
        }
    }
}
