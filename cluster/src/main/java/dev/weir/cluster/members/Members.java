package dev.weir.cluster.members;

import dev.weir.cluster.MemberAddress;
import dev.weir.log.RateLimitedLog;
import dev.weir.supervision.DaemonThreads;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses at which the hosts of a cluster listen, from entries {@code HOST:PORT}. A name stands for all its
 * addresses in DNS. Entries and names are looked up again at most once a second.
 *
 * <p>Thread-safe.
 */
public final class Members {
    private static final Logger LOG = LoggerFactory.getLogger(Members.class);
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The longest wait of a call for the look-ups (ns). */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** The most look-ups at the same time. */
    private static final int LOOK_UPS = 16;

    /** Looks up a name. */
    interface Resolver {
        /** Returns all addresses of a name. */
        InetAddress[] addresses(String name) throws UnknownHostException;
    }

    private final Supplier<List<String>> entries;
    private final Resolver resolver;
    private final LongSupplier nanoTime;
    private final Consumer<String> warnings;

    /** Runs the look-ups of names, which may block for seconds each. */
    private final Executor lookUps;

    /** The look-ups that have no result yet, by entry. */
    private final Map<MemberAddress, CompletableFuture<List<InetSocketAddress>>> looking = new LinkedHashMap<>();

    /** The last addresses of each entry. */
    private final Map<MemberAddress, List<InetSocketAddress>> known = new HashMap<>();

    /** The entries whose last look-up failed. */
    private final Set<MemberAddress> failed = new HashSet<>();

    private List<InetSocketAddress> all = List.of();
    private boolean isLooked;
    private long lookedAt;

    /**
     * Creates members without a look-up.
     *
     * @param nanoTime the clock (ns)
     * @param warnings takes a line for each name that cannot be looked up any more
     * @param lookUps runs the look-ups of names
     */
    Members(
            Supplier<List<String>> entries,
            Resolver resolver,
            LongSupplier nanoTime,
            Consumer<String> warnings,
            Executor lookUps) {
        this.entries = entries;
        this.resolver = resolver;
        this.nanoTime = nanoTime;
        this.warnings = warnings;
        this.lookUps = lookUps;
    }

    private static Members of(Supplier<List<String>> entries, LongSupplier nanoTime) {
        RateLimitedLog log = new RateLimitedLog("names of the cluster without an address", LOG::warn);
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                LOOK_UPS,
                LOOK_UPS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                DaemonThreads.named("weir-names"));
        threads.allowCoreThreadTimeOut(true); // so it needs no end
        return new Members(entries, InetAddress::getAllByName, nanoTime, line -> log.write(() -> line), threads);
    }

    /** Returns the members of a list of entries. */
    public static Members listed(List<String> entries, LongSupplier nanoTime) {
        return of(() -> entries, nanoTime);
    }

    /** Returns the members of a name in DNS: {@code HOST:PORT}, or the name of SRV records, which begins with a "_". */
    public static Members inDns(String name, LongSupplier nanoTime) {
        return ServiceRecords.isName(name)
                ? of(
                        new ServiceRecords(name, ServiceRecords.SYSTEM, ServiceRecords.PATIENCE_MILLIS, LOG::warn),
                        nanoTime)
                : listed(List.of(name), nanoTime);
    }

    /** Returns the members of a file, which has one entry a line and is read again after a change. */
    public static Members inFile(Path file, LongSupplier nanoTime) {
        return of(new MemberFile(file, LOG::warn), nanoTime);
    }

    /**
     * Returns the present addresses without repetitions. A name that cannot be looked up keeps its last addresses. So
     * does one whose look-up takes longer; a later call has its result.
     */
    public synchronized List<InetSocketAddress> addresses() {
        long now = nanoTime.getAsLong();
        if (isLooked && now - lookedAt < FRESH_NANOS) {
            return all;
        }
        List<MemberAddress> wanted = entries.get().stream().map(Members::parsed).toList();
        lookUp(wanted);
        known.keySet().retainAll(wanted);
        failed.retainAll(wanted);
        all = wanted.stream()
                .flatMap(entry -> known.getOrDefault(entry, List.of()).stream())
                .distinct()
                .toList();
        isLooked = true;
        lookedAt = nanoTime.getAsLong();
        return all;
    }

    /** Looks all entries up at the same time and waits for the quick ones. */
    private void lookUp(List<MemberAddress> wanted) {
        looking.keySet().retainAll(wanted);
        wanted.forEach(entry -> looking.computeIfAbsent(entry, this::begin));
        awaitAll();
        looking.entrySet().removeIf(look -> {
            boolean isDone = look.getValue().isDone();
            if (isDone) {
                take(look.getKey(), look.getValue().join());
            }
            return isDone;
        });
    }

    private void awaitAll() {
        try {
            CompletableFuture.allOf(looking.values().toArray(CompletableFuture[]::new))
                    .get(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // the others are quick; a later call has the results of these
        } catch (ExecutionException e) {
            throw new IllegalStateException("a look-up must not throw", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static MemberAddress parsed(String text) {
        MemberAddress entry = MemberAddress.parse(text);
        if (entry == null) {
            throw new IllegalArgumentException(text + ": " + MemberAddress.RULE);
        }
        return entry;
    }

    private CompletableFuture<List<InetSocketAddress>> begin(MemberAddress entry) {
        // an address needs no look-up and must not wait behind slow ones
        boolean isAddress = ADDRESS.matcher(entry.host()).matches();
        return CompletableFuture.supplyAsync(() -> resolved(entry), isAddress ? Runnable::run : lookUps);
    }

    /** Returns the addresses of a host; none if it cannot be looked up. */
    private List<InetSocketAddress> resolved(MemberAddress entry) {
        List<InetSocketAddress> addresses = new ArrayList<>();
        try {
            for (InetAddress address : resolver.addresses(entry.host())) {
                addresses.add(new InetSocketAddress(address, entry.port()));
            }
        } catch (UnknownHostException | RuntimeException e) {
            return List.of();
        }
        return addresses;
    }

    private void take(MemberAddress entry, List<InetSocketAddress> addresses) {
        if (!addresses.isEmpty()) {
            known.put(entry, addresses);
            failed.remove(entry);
        } else if (failed.add(entry)) {
            warnings.accept("cluster: " + entry.host() + " has no address; its last addresses stay");
        }
    }
}
