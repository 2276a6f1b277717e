package dev.weir.shell;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.FieldNamingPolicy;
import dev.weir.block.BackendOption;
import dev.weir.drive.DriveLatencies;
import dev.weir.drive.DriveSnapshot;
import dev.weir.drive.ExportBounds;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every field that programs can read is in the page that says what they are. */
final class JsonDocumentationTest {
    @ParameterizedTest
    @ValueSource(
            classes = {
                DriveView.class,
                DriveSnapshot.TimerSnapshot.class,
                DriveSnapshot.Counters.class,
                DriveLatencies.class,
                ExportBounds.class,
                DriveLatencies.Percentiles.class,
                QueuedView.class,
                TimerView.class,
                LimitsView.class,
                GroupView.class,
                PolicyView.class,
                BackendView.class,
                BackendOption.class,
                ReloadView.class,
                BenchView.class,
                Status.class,
                Status.DriveState.class,
                HelpCommand.Summary.class
            })
    void everyFieldIsDescribed(Class<? extends Record> view) throws IOException {
        String page = Files.readString(Path.of("..", "docs", "shell.md"));
        for (Field field : view.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                String name = FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES.translateName(field);
                assertTrue(page.contains("`" + name + "`"), () -> view.getSimpleName() + " has " + name);
            }
        }
    }
}
