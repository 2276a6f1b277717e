package dev.weir.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.FieldNamingPolicy;
import dev.weir.block.BlockOption;
import dev.weir.drive.control.DriveLatencies;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.FilterSnapshot;
import dev.weir.drive.export.ExportBounds;
import dev.weir.shell.load.BenchView;
import dev.weir.shell.watch.LiveDrive;
import dev.weir.view.DefinitionView;
import dev.weir.view.DriveRates;
import dev.weir.view.DriveView;
import dev.weir.view.FaultView;
import dev.weir.view.GroupView;
import dev.weir.view.HeldView;
import dev.weir.view.LimitsView;
import dev.weir.view.PowerCutView;
import dev.weir.view.QueuedView;
import dev.weir.view.TimerView;
import dev.weir.view.system.BackendView;
import dev.weir.view.system.ClusterCheckView;
import dev.weir.view.system.EventView;
import dev.weir.view.system.FilterView;
import dev.weir.view.system.PolicyView;
import dev.weir.view.system.ReloadView;
import dev.weir.view.system.StatusView;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Compares the JSON fields with their documentation page. */
final class JsonDocumentationTest {
    private static final List<Class<? extends Record>> RECORDS = List.of(
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
            DefinitionView.class,
            PolicyView.class,
            BackendView.class,
            FilterView.class,
            FilterSnapshot.class,
            EventView.class,
            FaultView.class,
            PowerCutView.class,
            PowerCutView.LostRange.class,
            BlockOption.class,
            ReloadView.class,
            ClusterCheckView.class,
            BenchView.class,
            StatusView.class,
            StatusView.DriveState.class,
            HelpCommand.Summary.class,
            HelpCommand.Detail.class,
            AccessCommands.TokenView.class,
            AccessCommands.SecretView.class,
            AccessCommands.LinkView.class,
            LiveDrive.class,
            DriveRates.class,
            HeldView.class);

    /** The first cell of a table row. */
    private static final Pattern FIELDS = Pattern.compile("(?m)^\\| (`[^|]*`) \\|");

    private static String page() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "reference", "shell.md"));
        return page.substring(page.indexOf("## JSON"));
    }

    private static Stream<String> fields(Class<? extends Record> view) {
        return Arrays.stream(view.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()))
                .map(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES::translateName);
    }

    @ParameterizedTest
    @FieldSource("RECORDS")
    void everyFieldIsDescribed(Class<? extends Record> view) throws IOException {
        String page = page();
        assertEquals(
                List.of(),
                fields(view).filter(field -> !page.contains("`" + field + "`")).toList());
    }

    @Test
    void documentedFieldsExist() throws IOException {
        Set<String> fields = RECORDS.stream().flatMap(view -> fields(view)).collect(Collectors.toSet());
        List<String> described = FIELDS.matcher(page())
                .results()
                .flatMap(row -> Arrays.stream(row.group(1).split(", ")))
                .map(field -> field.replace("`", ""))
                .toList();
        assertTrue(described.size() > 25, described::toString);
        assertEquals(
                List.of(),
                described.stream().filter(field -> !fields.contains(field)).toList());
    }
}
