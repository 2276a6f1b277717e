package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.drive.settings.DriveSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The backend that {@code -drive file=…} gets. */
final class BackendChoiceTest {
    private static final String QCOW2 = "QFI\u00fb";

    private final Types types =
            new Types(Map.of("file", TestTypes.FILE, "qemu", TestTypes.QEMU), Map.of(), TestTypes.ALL.policies());
    private final Path image;
    private Running running = Running.NONE;

    BackendChoiceTest(@TempDir Path folder) {
        image = folder.resolve("vm1.img");
    }

    private void write(String head) throws IOException {
        Files.write(image, (head + "\0".repeat(600)).getBytes(StandardCharsets.ISO_8859_1));
    }

    private DriveSettings drive(String more) {
        Inputs inputs = new Inputs(
                ConfigFolder.HOME, ConfigFolder.CWD, null, List.of("id=vm1,file=" + image + more), List.of());
        Reading reading = ConfigurationReader.read(inputs, types, running, new PipeText());
        assertEquals(List.of(), reading.faults());
        return reading.drives().get(0);
    }

    private void run(DriveSettings drive, boolean isOpen) {
        running = new Running(Map.of("vm1", new Running.RunningDrive(drive, isOpen, isOpen, 0)), Map.of(), List.of());
    }

    @ParameterizedTest
    @CsvSource({
        "QFI\u00fb, '', qemu",
        "vhdxfile, '', qemu",
        "'', '', file",
        "'LUKS\u00ba\u00be', '', file",
        "QFI\u00fb, ',format=raw', file",
        "'', ',format=qcow2', qemu",
        "QFI\u00fb, ',size=1K', file",
        "QFI\u00fb, ',size=1K,create=off', qemu",
        "QFI\u00fb, ',size=1K,readonly=on', qemu",
        "'', ',format=qcow2,size=1K', qemu",
    })
    void formatDecides(String head, String more, String backend) throws IOException {
        write(head);
        assertEquals(backend, drive(more).backendType());
    }

    @Test
    void missingFileIsRaw() {
        assertEquals("file", drive(",size=1K").backendType());
        assertEquals("file", drive("").backendType());
    }

    /** Its guest may have written the header. */
    @Test
    void openDriveKeepsItsBackend() throws IOException {
        write("");
        DriveSettings raw = drive("");
        write(QCOW2);
        run(raw, true);
        assertEquals("file", drive("").backendType());
        run(raw, false);
        assertEquals("qemu", drive("").backendType());
    }

    @Test
    void explicitBackendIsNotChanged() throws IOException {
        write(QCOW2);
        Inputs inputs = new Inputs(
                ConfigFolder.HOME,
                ConfigFolder.CWD,
                null,
                List.of("id=vm1,backend=file,backend.path=" + image),
                List.of());
        Reading reading = ConfigurationReader.read(inputs, types, running, new PipeText());
        assertEquals("file", reading.drives().get(0).backendType());
    }
}
