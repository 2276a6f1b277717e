package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.backend.file.FileBackendFactory;
import dev.weir.backend.memory.MemoryBackendFactory;
import dev.weir.backend.nbd.NbdDeviceFactory;
import dev.weir.backend.qemu.QemuDeviceFactory;
import dev.weir.block.BlockFactory;
import dev.weir.block.BlockOption;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;

/** Pages of the bundles: one for each bundle, with the same headings and with tables that match the code. */
class BundlePagesIT {
    private static final Path PAGES = Path.of("../docs/reference/bundles");
    private static final List<String> HEADINGS =
            List.of("## Synopsis", "## Options", "## Charging", "## Errors", "## See also");

    private static List<String> lines(String bundle) throws IOException {
        return Files.readAllLines(PAGES.resolve(bundle + ".md"));
    }

    /** Returns the cells of each row of the table under a heading, without code quotes. */
    private static List<List<String>> table(String bundle, String heading) throws IOException {
        List<String> lines = lines(bundle);
        int begin = lines.indexOf(heading);
        assertTrue(begin >= 0, () -> bundle + " has no table " + heading);
        return lines.stream()
                .skip(begin + 2L)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> Stream.of(line.substring(1).split("\\|"))
                        .map(cell -> cell.strip().replace("`", ""))
                        .toList())
                .toList();
    }

    @Test
    void bundlesAndPagesCorrespond() throws IOException {
        try (Stream<Path> jars = Files.walk(Path.of(System.getProperty("weir.folder"), "bundles"));
                Stream<Path> pages = Files.list(PAGES)) {
            Set<String> bundles = jars.map(jar -> jar.getFileName().toString())
                    .filter(name -> name.startsWith("weir-"))
                    .map(name -> name.substring("weir-".length()).replaceFirst("-\\d.*", ""))
                    .collect(Collectors.toCollection(TreeSet::new));
            Set<String> described = pages.map(
                            page -> page.getFileName().toString().replace(".md", ""))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(bundles, described);
        }
    }

    @Test
    void pagesShareTheirHeadings() throws IOException {
        try (Stream<Path> pages = Files.list(PAGES)) {
            for (Path page : pages.toList()) {
                List<String> found = Files.readAllLines(page).stream()
                        .filter(line -> line.startsWith("## "))
                        .toList();
                assertEquals(HEADINGS, found, page::toString);
            }
        }
    }

    @Test
    void limitsMatchTheCode() throws IOException {
        List<List<String>> rows = table("throttle-bucket", "| key | unit | default | range | caps |");
        assertEquals(
                List.copyOf(ThrottleLimits.keys()),
                rows.stream().map(row -> row.get(0)).toList());
        for (List<String> row : rows) {
            String key = row.get(0);
            boolean length = key.endsWith("_max_length");
            String unit = length ? "s" : key.equals(ThrottleLimits.IOPS_SIZE) ? "bytes" : unit(key);
            String unset = length ? Long.toString(ThrottleLimits.NONE.maxLengthSeconds(LimitKey.BPS)) : "none";
            assertEquals(unit, row.get(1), key);
            assertEquals(unset, row.get(2), key);
            assertTrue(row.get(3).endsWith(key.endsWith("_floor") ? "up to " + base(key) : " to 10^15"), key);
        }
        assertEquals(1_000_000_000_000_000L, ThrottleLimits.MAX_VALUE);
    }

    /** Returns the key of the rate that a key belongs to. */
    private static String base(String key) {
        return key.replaceFirst("_(max|per_gib|floor)$", "");
    }

    private static String unit(String key) {
        LimitKey limit = LimitKey.valueOf(base(key).toUpperCase(Locale.ROOT));
        return limit.countsBytes() ? "bytes/s" : "requests/s";
    }

    @Test
    void backendOptionsMatchTheCode() throws IOException {
        for (BlockFactory factory :
                List.of(new FileBackendFactory(), new MemoryBackendFactory(), new NbdDeviceFactory(), qemu())) {
            String page = "backend-" + factory.type();
            List<List<String>> rows = table(page, "| option | kind | required | default | range |");
            assertEquals(
                    factory.options().stream().map(BundlePagesIT::row).toList(),
                    rows.stream().map(row -> row.subList(0, 3)).toList(),
                    page);
        }
    }

    private static QemuDeviceFactory qemu() throws IOException {
        Object framework = Proxy.newProxyInstance(
                BundleContext.class.getClassLoader(),
                new Class<?>[] {BundleContext.class},
                (context, method, arguments) -> null);
        return new QemuDeviceFactory(new NbdDeviceFactory(), (BundleContext) framework);
    }

    private static List<String> row(BlockOption option) {
        return List.of(option.name(), option.kind().name().toLowerCase(Locale.ROOT), option.required() ? "yes" : "no");
    }
}
