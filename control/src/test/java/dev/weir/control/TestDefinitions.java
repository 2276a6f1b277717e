package dev.weir.control;

import dev.weir.drive.definition.ChangeOutcome;
import dev.weir.drive.definition.Definition;
import dev.weir.drive.definition.Definition.Kind;
import dev.weir.drive.definition.Definition.Origin;
import dev.weir.drive.definition.DefinitionChange;
import dev.weir.drive.definition.DefinitionFault;
import dev.weir.drive.definition.Definitions;
import dev.weir.drive.definition.RefusedChangeException;
import dev.weir.drive.definition.RefusedChangeException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Records changes and answers them without a configuration. */
final class TestDefinitions implements Definitions {
    final List<DefinitionChange> changes = new ArrayList<>();

    private final AtomicInteger together = new AtomicInteger();

    /** The largest number of changes at the same time. */
    final AtomicInteger mostTogether = new AtomicInteger();

    private static Definition definition(Kind kind, String name) {
        return new Definition(kind, name, "limits { bps = 1 }", "v1", Origin.SAVED, "weir.d/x.conf:3");
    }

    @Override
    public List<Definition> list(Kind kind) {
        return List.of();
    }

    @Override
    public @Nullable Definition find(Kind kind, String name) {
        return name.equals("absent") ? null : definition(kind, name);
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // lets another change in, if it may
    public ChangeOutcome change(DefinitionChange change) throws RefusedChangeException {
        if (change.name().equals("operators")) {
            throw new RefusedChangeException(
                    Reason.OPERATOR,
                    List.of(new DefinitionFault("weir.conf", 14, "drives.operators", "", "is defined in this file")));
        }
        mostTogether.accumulateAndGet(together.incrementAndGet(), Math::max);
        Thread.yield();
        changes.add(change);
        together.decrementAndGet();
        return new ChangeOutcome(definition(change.kind(), change.newName()), List.of("added drive"), List.of());
    }

    @Override
    public List<String> temporary() {
        return List.of();
    }

    @Override
    public ChangeOutcome restore() {
        return new ChangeOutcome(null, List.of(), List.of());
    }
}
