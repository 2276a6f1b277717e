package dev.weir.view;

import dev.weir.drive.definition.ChangeOutcome;
import dev.weir.drive.definition.Definition;
import dev.weir.drive.definition.Definition.Kind;
import dev.weir.drive.definition.Definition.Origin;
import dev.weir.view.text.Details;
import java.util.List;
import java.util.Locale;

/**
 * The definition of a drive or group, perhaps after a change.
 *
 * @param kind {@code drive} or {@code group}
 * @param name name of the drive or group
 * @param origin {@code operator}, {@code saved} or {@code temporary}; {@code removed} after a removal
 * @param place place of the definition: {@code weir.conf:14}; empty after a removal
 * @param version version of the settings; empty after a removal
 * @param hocon settings in HOCON; empty after a removal
 * @param changes applied changes: {@code added drive vm1}
 * @param warnings one line for each probable mistake, and one if the drive does not serve
 */
public record DefinitionView(
        String kind,
        String name,
        String origin,
        String place,
        String version,
        String hocon,
        List<String> changes,
        List<String> warnings)
        implements View {

    /** Returns the view of a definition. */
    public static DefinitionView of(Definition definition) {
        return of(definition, List.of(), List.of());
    }

    /** Returns the view of a change. */
    public static DefinitionView of(Kind kind, String name, ChangeOutcome outcome) {
        Definition after = outcome.definition();
        return after == null
                ? new DefinitionView(kind.word(), name, "removed", "", "", "", outcome.changes(), outcome.warnings())
                : of(after, outcome.changes(), outcome.warnings());
    }

    private static DefinitionView of(Definition definition, List<String> changes, List<String> warnings) {
        return new DefinitionView(
                definition.kind().word(),
                definition.name(),
                definition.origin().name().toLowerCase(Locale.ROOT),
                definition.place(),
                definition.version(),
                definition.hocon(),
                changes,
                warnings);
    }

    @Override
    public String text(int width) {
        boolean isTemporary = origin.equals(Origin.TEMPORARY.name().toLowerCase(Locale.ROOT));
        return new Details()
                .row(kind, name)
                .row("defined", place.isEmpty() ? "" : isTemporary ? "until the end of Weir" : "in " + place)
                .row("settings", hocon)
                .row("changed", String.join("\n", changes))
                .row("warning", String.join("\n", warnings))
                .text();
    }
}
