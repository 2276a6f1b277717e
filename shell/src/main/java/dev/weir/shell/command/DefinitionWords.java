package dev.weir.shell.command;

import dev.weir.drive.definition.ChangeOutcome;
import dev.weir.drive.definition.Definition;
import dev.weir.drive.definition.Definition.Kind;
import dev.weir.drive.definition.DefinitionChange;
import dev.weir.drive.definition.DefinitionFault;
import dev.weir.drive.definition.Definitions;
import dev.weir.drive.definition.RefusedChangeException;
import dev.weir.log.PlainText;
import dev.weir.shell.session.Caller;
import dev.weir.shell.syntax.CommandFault;
import dev.weir.shell.syntax.CommandSyntax;
import dev.weir.view.DefinitionView;
import dev.weir.view.View;
import dev.weir.view.text.KnownNames;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jline.builtins.Options;
import org.jspecify.annotations.Nullable;

/**
 * The words that define drives and groups: {@code drive add NAME KEY=VALUE…}.
 *
 * @param services the services of the commands
 */
public record DefinitionWords(Services services) {
    /** The first words that are no name of a drive or group if a name follows. */
    public static final List<String> ACTIONS = List.of("add", "set", "rename", "remove", "show");

    /** Keys of a drive in the order of their use, for completion. The keys of limits follow. */
    static final List<String> DRIVE_KEYS = List.of(
            "file",
            "memory",
            "uri",
            "size",
            "create",
            "format",
            "cache",
            "read-only",
            "group",
            "policy",
            "profile",
            "weight",
            "min_bps",
            "min_iops",
            "description");

    /** Keys of a group. The keys of limits follow. */
    static final List<String> GROUP_KEYS = List.of("parent", "policy", "profile", "weight", "min_bps", "min_iops");

    /** The lines of a help text that explain the changes of a definition. */
    static final String LASTING =
            """
            Without --save a change of a definition ends with Weir or at "reload --restore". What the
            operator's file or -drive defines is changed there.

                 --save      keeps the change in weir.d in the home
                 --dry-run   only checks the change of a definition and shows its HOCON
            """;

    private static final String SAVE = "save";
    private static final String DRY_RUN = "dry-run";
    private static final String DELETE = "delete-storage";

    /** Returns whether arguments are an action with a name. */
    static boolean isAction(List<String> args) {
        return args.size() > 1 && ACTIONS.contains(args.get(0)) && !args.get(1).contains("=");
    }

    /** Refuses an action without a name, unless its word is the name of a drive or group. */
    static void refuseNameless(List<String> args, Stream<String> names, CommandSyntax usage) {
        String action = args.get(0);
        if (ACTIONS.contains(action) && names.noneMatch(action::equals)) {
            throw usage.fault("%s needs a name".formatted(action));
        }
    }

    /** Returns the keys of a definition for completion. */
    public static Stream<String> keys(String command, Stream<String> limits) {
        return Stream.concat((command.equals("drive") ? DRIVE_KEYS : GROUP_KEYS).stream(), limits);
    }

    /** Runs an action and returns the definition after it. */
    View run(Kind kind, Options options, CommandSyntax usage) {
        List<String> args = options.args();
        String action = args.get(0);
        String name = args.get(1);
        List<String> words = args.subList(2, args.size());
        boolean isDeleted = kind == Kind.DRIVE && options.isSet(DELETE);
        if (isDeleted && !(action.equals("remove") && options.get(DELETE).equals(name))) {
            throw usage.fault("--%s must name the drive that is removed".formatted(DELETE));
        }
        return switch (action) {
            case "show" -> show(kind, name, words, usage);
            case "remove" -> {
                refuse(words, 0, usage);
                DefinitionChange removal = DefinitionChange.remove(kind, name);
                yield make(isDeleted ? removal.withStorage() : removal, options);
            }
            case "rename" -> {
                refuse(words, 1, usage);
                yield make(DefinitionChange.rename(kind, name, words.get(0)), options);
            }
            default -> {
                DefinitionChange change = action.equals("add")
                        ? DefinitionChange.add(kind, name, Map.of())
                        : DefinitionChange.set(kind, name, Map.of());
                yield make(change.withWords(words), options);
            }
        };
    }

    /**
     * Refuses the option {@code --dry-run} of a command without an action.
     *
     * @throws CommandFault if it is set
     */
    static void refuseDryRun(Options options, CommandSyntax usage) {
        if (isDryRun(options)) {
            throw usage.fault("--%s needs add, set, rename or remove".formatted(DRY_RUN));
        }
    }

    /** Returns whether the option {@code --dry-run} is set. */
    static boolean isDryRun(Options options) {
        return options.isSet(DRY_RUN);
    }

    private static void refuse(List<String> words, int expected, CommandSyntax usage) {
        if (words.size() < expected) {
            throw usage.fault("the new name is missing");
        } else if (words.size() > expected) {
            throw usage.fault("\"" + words.get(expected) + "\" is one argument too many");
        }
    }

    private View show(Kind kind, String name, List<String> words, CommandSyntax usage) {
        refuse(words, 0, usage);
        Definition definition = definitions().find(kind, name);
        if (definition == null) {
            throw absent(kind, name);
        }
        return DefinitionView.of(definition);
    }

    private CommandFault absent(Kind kind, String name) {
        List<String> names =
                definitions().list(kind).stream().map(Definition::name).toList();
        return new CommandFault("no %s \"%s\" is defined; %s"
                .formatted(kind.word(), PlainText.of(name), KnownNames.hint(name, names, kind.block())));
    }

    private View make(DefinitionChange change, Options options) {
        DefinitionChange lasting = options.isSet(SAVE) ? change : change.temporary();
        boolean isCheck = isDryRun(options);
        ChangeOutcome outcome = make(isCheck ? lasting.dryRun() : lasting);
        if (!isCheck) {
            outcome.changes().forEach(line -> Caller.log("{}", line));
        }
        return DefinitionView.of(change.kind(), change.newName(), outcome);
    }

    private ChangeOutcome make(DefinitionChange change) {
        try {
            return definitions().change(change);
        } catch (RefusedChangeException e) {
            throw fault(e);
        }
    }

    /** Returns the error of a refused change, with a line for each broken rule. */
    static CommandFault fault(RefusedChangeException refusal) {
        String faults = refusal.faults().stream()
                .map(DefinitionFault::toString)
                .map(PlainText::of)
                .collect(Collectors.joining("\n"));
        return new CommandFault(refusal.faults().size() == 1 ? faults : "nothing was changed:\n" + faults, refusal);
    }

    private Definitions definitions() {
        Definitions found = services.definitions;
        if (found == null) {
            throw new CommandFault("the configuration has not been read yet");
        }
        return found;
    }

    /**
     * Saves settings of a drive or group, so that a live change lasts.
     *
     * @param settings settings by path; null removes one
     * @throws CommandFault if they cannot be saved; nothing has changed then
     */
    void save(Kind kind, String name, Map<String, @Nullable Object> settings) {
        ChangeOutcome outcome = make(DefinitionChange.set(kind, name, settings));
        outcome.changes().forEach(line -> Caller.log("saved: {}", line));
    }

    /**
     * Checks that settings of a drive or group could be saved.
     *
     * @throws CommandFault if they could not
     */
    void check(Kind kind, String name, Map<String, @Nullable Object> settings) {
        make(DefinitionChange.set(kind, name, settings).dryRun());
    }
}
