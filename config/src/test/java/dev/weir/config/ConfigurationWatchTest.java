package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.settings.ConfigurationSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The watch of the file and its includes. */
final class ConfigurationWatchTest extends ConfigurationFixture {
    ConfigurationWatchTest(@TempDir Path temporary) throws Exception {
        super(temporary);
    }

    @Test
    void settledChangeIsReadAgain() throws Exception {
        HoconConfiguration component = start(TWO_DRIVES);
        Map<String, Long> before = changeCounts();

        folder.write("weir.conf", TWO_DRIVES.replace("4M", "5M"));
        component.poll();
        assertEquals(before, changeCounts());
        component.poll();
        assertEquals(5L << 20, properties("weir.drive~a").get("limits.bps"));
    }

    @Test
    void truncatedOrMissingFileIsAFault() throws Exception {
        HoconConfiguration component = start(TWO_DRIVES);
        Map<String, Long> before = changeCounts();
        for (String half : List.of("", "# Weir's drives\n", TWO_DRIVES.substring(0, TWO_DRIVES.length() / 2))) {
            folder.write("weir.conf", half);
            component.poll();
            component.poll();
            assertEquals(1, outcome(ConfigurationSource.FAULTS).size(), half);
        }
        Files.delete(folder.file());
        component.poll();
        component.poll();
        assertEquals(List.of(folder.file() + ": no such file"), outcome(ConfigurationSource.FAULTS));
        assertEquals(before, changeCounts());

        folder.write("weir.conf", TWO_DRIVES);
        component.poll();
        component.poll();
        assertEquals(List.of(), outcome(ConfigurationSource.FAULTS));
        assertEquals(before, changeCounts());
    }

    @Test
    void faultIsReportedOnce() {
        HoconConfiguration component = start(TWO_DRIVES);
        folder.write("weir.conf", "weir {");
        component.poll();
        component.poll();
        AtomicInteger told = new AtomicInteger();
        context.addServiceListener(event -> told.incrementAndGet());
        component.poll();
        component.poll();
        assertEquals(0, told.get());
    }

    @Test
    void includedFilesAreWatched() throws Exception {
        folder.write("disks.conf", "a.backend { type = memory, size = 1M }");
        HoconConfiguration component = start("weir.drives { include \"disks\"\n include \"more/later.conf\" }");
        assertEquals(List.of("a", "option"), outcome(ConfigurationSource.DRIVES));

        folder.write("disks.conf", "b.backend { type = memory, size = 1M }");
        component.poll();
        component.poll();
        assertEquals(List.of("b", "option"), outcome(ConfigurationSource.DRIVES));

        Files.createDirectory(folder.folder().resolve("more"));
        folder.write("more/later.conf", "include \"nested\"");
        folder.write("more/nested.conf", "c.backend { type = memory, size = 1M }");
        component.poll();
        component.poll();
        assertEquals(List.of("b", "c", "option"), outcome(ConfigurationSource.DRIVES));

        folder.write("more/nested.conf", "d.backend { type = memory, size = 1M }");
        component.poll();
        component.poll();
        assertEquals(List.of("b", "d", "option"), outcome(ConfigurationSource.DRIVES));
    }

    @Test
    void errorDoesNotEndTheWatch() throws Exception {
        HoconConfiguration component = start(TWO_DRIVES);
        BrokenGroup broken = new BrokenGroup();
        broken.error = new OutOfMemoryError("for the test");
        component.addGroup(broken.group());
        folder.write("weir.conf", TWO_DRIVES.replace("4M", "5M"));
        component.poll();
        component.poll();
        assertEquals(
                List.of("the configuration could not be read: java.lang.OutOfMemoryError: for the test"),
                outcome(ConfigurationSource.FAULTS));
        assertEquals(4L << 20, properties("weir.drive~a").get("limits.bps"));

        broken.error = null;
        for (int i = 0; i < HoconConfiguration.LOOKS_UNTIL_RETRY; i++) {
            component.poll();
        }
        assertEquals(5L << 20, properties("weir.drive~a").get("limits.bps"));
        assertEquals(List.of(), outcome(ConfigurationSource.FAULTS));
    }

    @Test
    void stopDoesNotWaitForAReadingThatHangs() throws Exception {
        HoconConfiguration component = start(TWO_DRIVES);
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        BrokenGroup broken = new BrokenGroup();
        broken.hang = () -> {
            reading.countDown();
            assertTrue(end.await(20, TimeUnit.SECONDS));
            return null;
        };
        component.addGroup(broken.group());
        Thread reload = new Thread(component::reload);
        reload.start();
        assertTrue(reading.await(20, TimeUnit.SECONDS));
        component.stop();
        assertNull(context.getServiceReference(ConfigurationSource.class));
        end.countDown();
        reload.join();
        assertNull(context.getServiceReference(ConfigurationSource.class));
    }
}
