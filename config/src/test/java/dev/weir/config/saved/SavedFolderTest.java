package dev.weir.config.saved;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.drive.definition.Definition.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SavedFolderTest {
    @Test
    void failedWriteLeavesNoUnfinishedFile(@TempDir Path home) throws IOException {
        SavedFolder folder = new SavedFolder(home);
        DefinitionKey key = new DefinitionKey(Kind.DRIVE, "vm1");
        Path place = folder.path().resolve(key.fileName());
        Files.createDirectories(place.resolve("in the way"));
        assertThrows(IOException.class, () -> folder.write(key, SettingsText.parse("a = 1", "")));
        try (var files = Files.list(folder.path())) {
            assertEquals(List.of(place), files.toList());
        }
    }
}
