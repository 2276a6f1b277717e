package dev.weir.control.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.control.ApiFixture;
import dev.weir.control.ReadLoad;
import dev.weir.throttle.LimitKey;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The console in Chromium. */
@Timeout(120)
final class ConsoleTest {
    private static final String ROWS = "document.querySelectorAll('#drives tr').length";

    private final ApiFixture weir;
    private final Browser browser;

    ConsoleTest(@TempDir Path folder) throws Exception {
        assumeTrue(Files.isExecutable(Browser.CHROMIUM), "Chromium is not installed");
        weir = new ApiFixture(folder);
        browser = new Browser(Files.createDirectory(folder.resolve("chromium")));
    }

    @BeforeEach
    void signIn() throws Exception {
        browser.size(1280, 900);
        browser.open("http://127.0.0.1:" + weir.port() + "/#code=" + weir.newCode());
        browser.await(ROWS + " === 2");
    }

    @AfterEach
    void close() throws Exception {
        browser.close();
        weir.close();
        assertEquals(List.of(), browser.errors);
    }

    private void type(String id, String value) throws Exception {
        browser.evaluate(
                "{ const e = document.getElementById('%s'); e.value = '%s'; e.dispatchEvent(new Event('input')) }"
                        .formatted(id, value));
    }

    private void openDrive() throws Exception {
        browser.evaluate("[...document.querySelectorAll('#drives button')].find(b => b.textContent === 'vm1').click()");
        browser.await(
                "!document.getElementById('drive').hidden && document.querySelector('[name=bps]').value === '10MiB'");
    }

    @Test
    void codeLeavesTheAddressAndTheSessionStays() throws Exception {
        assertEquals("", browser.evaluate("location.hash").getAsString());
        browser.open("http://127.0.0.1:" + weir.port() + "/");
        browser.await(ROWS + " === 2");
        assertEquals("", browser.evaluate("document.cookie").getAsString());
    }

    @Test
    void limitIsShownAsHoconAndApplied() throws Exception {
        openDrive();
        browser.evaluate("{ const e = document.querySelector('[name=bps]'); e.value = '20MiB';"
                + " e.dispatchEvent(new Event('input')) }");
        assertEquals(
                "drives.vm1 {\n  limits.bps = 20MiB\n}",
                browser.evaluate("document.getElementById('hocon').textContent").getAsString());
        browser.evaluate("document.querySelector('#limits [type=submit]').click()");
        browser.await("document.getElementById('drives').textContent.includes('bps 20MiB')");
        browser.await("document.getElementById('applied').textContent.startsWith('Applied. It lasts until a restart')");
        assertEquals(20 << 20, weir.limits("vm1").rate(LimitKey.BPS));
    }

    @Test
    void changeReachesTheDriveOfItsForm() throws Exception {
        openDrive();
        browser.evaluate("{ document.querySelector('[name=iops]').value = '77';"
                + " document.getElementById('policy').value = 'slice';"
                + " document.querySelector('#limits [type=submit]').click();"
                + " [...document.querySelectorAll('#drives button')].find(b => b.textContent === 'scratch').click() }");
        browser.await("document.getElementById('drives').textContent.includes('iops 77')");
        assertEquals(77, weir.limits("vm1").rate(LimitKey.IOPS));
        assertEquals(0, weir.limits("scratch").rate(LimitKey.IOPS));
    }

    @Test
    void removedDriveTakesNoChanges() throws Exception {
        openDrive();
        weir.removeDrive("vm1");
        browser.await("document.getElementById('drive-state').textContent.includes('no drive')");
        browser.await("[...document.querySelectorAll('#drive form button')].every(button => button.disabled)");
    }

    @Test
    void usedLinkKeepsTheSession() throws Exception {
        String link = "http://127.0.0.1:" + weir.port() + "/#code=used";
        browser.open("about:blank");
        browser.open(link);
        browser.await(ROWS + " === 2");
        assertTrue(browser.evaluate("document.getElementById('message').hidden").getAsBoolean());
    }

    @Test
    void refusedLimitIsAnAlert() throws Exception {
        openDrive();
        browser.evaluate("{ document.querySelector('[name=bps]').value = '-5';"
                + " document.querySelector('#limits [type=submit]').click() }");
        browser.await("document.getElementById('message').textContent.includes('bps = -5: must be 0')");
        browser.await("scrollY > 100 && document.getElementById('message').getBoundingClientRect().top >= 0");
        assertEquals(10 << 20, weir.limits("vm1").rate(LimitKey.BPS));
    }

    @Test
    void faultIsSetAndCleared() throws Exception {
        openDrive();
        type("fault-name", "slow");
        type("fault-settings", "on=flush latency=20ms");
        browser.evaluate("document.querySelector('#fault [type=submit]').click()");
        browser.await("document.getElementById('faults').textContent.includes('slow (active)')");
        browser.evaluate("document.querySelector('#faults button').click()");
        browser.await("document.getElementById('faults').children.length === 0");
    }

    @Test
    void rateUnderLoadFollowsANewLimit() throws Exception {
        String rate = "(() => { const [n, unit] = document.querySelector('#drives tr:nth-child(2) td:nth-child(3)')"
                + ".textContent.split(' '); return n * ({'KiB/s': 1, 'MiB/s': 1024}[unit] ?? 0) })()";
        try (ReadLoad load = weir.load("vm1", 16)) {
            openDrive();
            browser.await(rate + " > 5 * 1024");
            browser.await("document.getElementById('queue').children.length > 0");
            browser.await("document.querySelector('#queue td:nth-child(6)').textContent !== '–'");
            picture("console-drive.png", "console-dark.png");
            browser.evaluate("document.querySelector('[name=bps]').value = '1MiB'");
            browser.evaluate("document.querySelector('#limits [type=submit]').click()");
            browser.await("document.getElementById('drives').textContent.includes('bps 1MiB')");
            browser.await(rate + " > 100 && " + rate + " < 2 * 1024");
            assertEquals("a reading client", load.toString());
        }
    }

    /** Takes pictures in both themes if the property {@code weir.pictures} names a folder. */
    private void picture(String light, String dark) throws Exception {
        String pictures = System.getProperty("weir.pictures");
        if (pictures != null) {
            Thread.sleep(20_000); // the chart needs some history
            browser.screenshot(Path.of(pictures, light));
            browser.evaluate("document.getElementById('theme').click()");
            browser.screenshot(Path.of(pictures, dark));
            browser.evaluate("document.getElementById('theme').click()");
        }
    }

    @Test
    void lostConnectionIsShownAndComesBack() throws Exception {
        browser.await("document.getElementById('connection').textContent === 'live'");
        weir.stopServer();
        browser.await("document.getElementById('connection').textContent.includes('lost')");
        weir.startServer();
        browser.await("document.getElementById('connection').textContent === 'live'");
        browser.await(ROWS + " === 2");
    }

    @Test
    void pageHasNoFaultsThatAxeFinds() throws Exception {
        openDrive();
        String axe = "META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";
        try (InputStream in = ConsoleTest.class.getClassLoader().getResourceAsStream(axe)) {
            browser.evaluate(new String(Objects.requireNonNull(in).readAllBytes(), UTF_8) + ";0");
        }
        for (String theme : List.of("light", "dark")) {
            for (String view : List.of("drives", "groups", "timers", "cluster", "events")) {
                browser.evaluate("document.documentElement.dataset.theme = '" + theme + "'");
                browser.evaluate("document.querySelector('[data-view=" + view + "]').click()");
                String found = browser.evaluate(
                                "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}).then(r"
                                        + " => JSON.stringify(r.violations.map(v => [v.id, v.nodes.map(n => n.html)])))")
                        .getAsString();
                assertEquals("[]", found, theme + " " + view);
            }
        }
    }

    @Test
    void groupsAreATree() throws Exception {
        browser.evaluate("document.querySelector('[data-view=groups]').click()");
        browser.await("document.getElementById('groups').textContent.includes('tenant-a')");
        assertTrue(browser.evaluate("document.getElementById('view-drives').hidden")
                .getAsBoolean());
    }

    @Test
    void expiredSessionAsksForANewLink() throws Exception {
        weir.endSessions();
        browser.open("http://127.0.0.1:" + weir.port() + "/");
        browser.await("document.getElementById('message').textContent.includes('weir console')");
    }

    @Test
    void thousandDrivesArePaged() throws Exception {
        for (int i = 0; i < 998; i++) {
            weir.addDrive("d" + i);
        }
        browser.await(ROWS + " === 100 && document.getElementById('page').textContent === '1000 drives, page 1 of 10'");
        type("filter", "d99");
        browser.await(ROWS + " === 9");
        double millis = browser.evaluate("(() => { const at = performance.now();"
                        + " document.getElementById('filter').value = '';"
                        + " document.getElementById('filter').dispatchEvent(new Event('input'));"
                        + " return performance.now() - at })()")
                .getAsDouble();
        assertTrue(millis < 500, millis + " ms to show a page of 1,000 drives");
    }

    @Test
    void drivesAreSortedByName() throws Exception {
        weir.addDrive("d10");
        weir.addDrive("d9");
        browser.await(ROWS + " === 4");
        browser.evaluate("{ const e = document.getElementById('sort'); e.value = 'name';"
                + " e.dispatchEvent(new Event('change')) }");
        assertEquals(
                "d9 d10 scratch vm1",
                browser.evaluate("[...document.querySelectorAll('#drives button')].map(b => b.textContent).join(' ')")
                        .getAsString());
    }

    private void view(String name) throws Exception {
        browser.evaluate("document.querySelector('[data-view=" + name + "]').click()");
    }

    private String text(String id) throws Exception {
        return browser.evaluate("document.getElementById('" + id + "').textContent")
                .getAsString();
    }

    @Test
    void armedTimerIsFirst() throws Exception {
        weir.addDrive("zz", 1);
        try (ReadLoad load = weir.load("zz", 2)) {
            view("timers");
            browser.await("document.querySelector('#timers td').textContent === 'zz'"
                    + " && document.getElementById('timer-count').textContent === '1 of 3 are armed'");
            assertEquals("a reading client", load.toString());
        }
        browser.await("document.getElementById('timer-count').textContent.startsWith('0 of 3')");
    }

    @Test
    void sharesOfTheClusterAreShown() throws Exception {
        view("cluster");
        browser.await("document.querySelectorAll('#cluster tr').length === 3");
        assertTrue(text("cluster-state").contains("2 of 3 hosts reachable (h1, h2)"), text("cluster-state"));
        assertTrue(text("cluster").contains("└─h3silentiops 800iops 650iops 700–"), text("cluster"));
        browser.await("document.getElementById('fleet-state').textContent === 'h1: 5 drives, h3: no answer'");
        weir.leaveCluster();
        browser.await("document.getElementById('cluster-table').hidden");
        assertTrue(text("cluster-state").contains("weir.cluster in the configuration"), text("cluster-state"));
    }

    @Test
    void burstIsPartOfTheForm() throws Exception {
        openDrive();
        browser.evaluate("document.querySelector('[name=bps_max]').value = '20MiB'");
        browser.evaluate("{ const e = document.querySelector('[name=bps_max_length]'); e.value = '30s';"
                + " e.dispatchEvent(new Event('input')) }");
        assertEquals("drives.vm1 {\n  limits.bps_max = 20MiB\n  limits.bps_max_length = 30s\n}", text("hocon"));
        browser.evaluate("document.querySelector('#limits [type=submit]').click()");
        browser.await("document.getElementById('drives').textContent.includes('bps_max_length 30s')");
        assertEquals(30, weir.limits("vm1").toMap().get("bps_max_length"));
    }

    @Test
    void definitionIsShownWithItsPlace() throws Exception {
        openDrive();
        browser.await("document.getElementById('definition').textContent !== ''");
        assertEquals("# weir.d/x.conf:3\ndrives.vm1 {\n  limits { bps = 1 }\n}", text("definition"));
    }

    @Test
    void thousandBusyDrivesStayFluid() throws Exception {
        List<ReadLoad> loads = new ArrayList<>();
        for (int i = 0; i < 998; i++) {
            weir.addDrive("d" + i, 5);
            loads.add(weir.load("d" + i, 2));
        }
        browser.await("document.getElementById('page').textContent === '1000 drives, page 1 of 10'");
        browser.evaluate("globalThis.work = []; globalThis.gaps = []; globalThis.at = performance.now();"
                + " new PerformanceObserver(list => list.getEntriesByName('samples').forEach(e => work.push(e.duration)))"
                + ".observe({entryTypes: ['measure']});"
                + " const frame = now => { gaps.push(now - at); at = now; requestAnimationFrame(frame) };"
                + " requestAnimationFrame(frame); 0");
        browser.await("work.length >= 10");
        String work = browser.evaluate("work.map(Math.round).sort((a, b) => a - b).join(' ')")
                .getAsString();
        String gaps = browser.evaluate("{ const g = gaps.slice(1).sort((a, b) => a - b);"
                        + " [0.5, 0.99, 1].map(p => Math.round(g[Math.floor(p * (g.length - 1))])).join(' ') }")
                .getAsString();
        loads.forEach(ReadLoad::close);
        System.out.printf("ms of each second's update: %s; between frames, median, 99 %%, most: %s%n", work, gaps);
        assertTrue(browser.evaluate("work.sort((a, b) => a - b)[5]").getAsDouble() < 200, work);
    }

    @Test
    void pageFitsAllScreens() throws Exception {
        openDrive();
        for (int width : List.of(360, 768, 2560)) {
            browser.size(width, 800);
            for (String view : List.of("drives", "groups", "timers", "cluster", "events")) {
                view(view);
                String wide =
                        "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > %d"
                                        .formatted(width + 1)
                                + " && !e.closest('.scroll')).map(e => e.tagName + '#' + e.id).join(' ')";
                assertEquals("", browser.evaluate(wide).getAsString(), width + " " + view);
                assertTrue(
                        browser.evaluate("document.documentElement.scrollWidth <= " + (width + 1))
                                .getAsBoolean(),
                        width + " " + view);
            }
        }
    }
}
