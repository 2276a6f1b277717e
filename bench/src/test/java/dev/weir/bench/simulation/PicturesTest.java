package dev.weir.bench.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PicturesTest {

    /** If what is meant has changed, docs/how-throttling-works.md says how to draw them anew; look at them then. */
    @Test
    void thePicturesInTheDocumentationAreWhatTheEngineDoes() throws IOException {
        for (Map.Entry<String, String> picture : Pictures.all().entrySet()) {
            assertEquals(
                    picture.getValue(),
                    Files.readString(Path.of("../docs/pictures", picture.getKey())),
                    picture.getKey());
        }
    }
}
