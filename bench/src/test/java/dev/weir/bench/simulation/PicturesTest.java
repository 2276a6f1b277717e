package dev.weir.bench.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PicturesTest {

    /**
     * After an intended change, draw the pictures again (docs/design/how-throttling-works.md) and check them by eye.
     */
    @Test
    void picturesMatchTheEngine() throws IOException {
        for (Map.Entry<String, String> picture : Pictures.all().entrySet()) {
            assertEquals(
                    picture.getValue(),
                    Files.readString(Path.of("../docs/design/pictures", picture.getKey())),
                    picture.getKey());
        }
    }
}
