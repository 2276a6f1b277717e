package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.drive.definition.ChangeOutcome;
import dev.weir.drive.definition.Definition;
import dev.weir.drive.definition.Definition.Kind;
import dev.weir.drive.definition.DefinitionChange;
import dev.weir.drive.definition.RefusedChangeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** Changes of drives and groups by commands, on a home with a file of two drives. */
abstract class DefinitionsFixture extends ConfigurationFixture {
    static final Map<String, @Nullable Object> MEMORY = Map.of("backend", Map.of("type", "memory", "size", "1M"));

    final Path home;
    HoconConfiguration component;

    DefinitionsFixture(Path temporary) throws Exception {
        super(temporary, temporary.resolve("home"));
        home = temporary.resolve("home");
        component = component(admin);
    }

    @BeforeEach
    void startComponent() {
        component = start(TWO_DRIVES);
    }

    Path file(String name) {
        return home.resolve("weir.d").resolve(name);
    }

    ChangeOutcome make(DefinitionChange change) throws Exception {
        return component.change(change);
    }

    Definition definition(Kind kind, String name) {
        return Objects.requireNonNull(component.find(kind, name));
    }

    RefusedChangeException refused(DefinitionChange change) throws Exception {
        Map<String, Long> counts = changeCounts();
        Map<String, String> files = files();
        RefusedChangeException refused = assertThrows(RefusedChangeException.class, () -> make(change));
        assertEquals(counts, changeCounts());
        assertEquals(files, files());
        return refused;
    }

    Map<String, String> files() throws IOException {
        Map<String, String> files = new HashMap<>();
        if (Files.exists(home.resolve("weir.d"))) {
            try (var all = Files.list(home.resolve("weir.d"))) {
                for (Path each : all.toList()) {
                    files.put(each.toString(), Files.readString(each));
                }
            }
        }
        return files;
    }

    static DefinitionChange add(String... words) {
        return DefinitionChange.add(Kind.DRIVE, "vm1", Map.of()).withWords(List.of(words));
    }

    static DefinitionChange set(String... words) {
        return DefinitionChange.set(Kind.DRIVE, "vm1", Map.of()).withWords(List.of(words));
    }
}
