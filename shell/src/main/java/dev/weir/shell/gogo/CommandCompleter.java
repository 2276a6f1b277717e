package dev.weir.shell.gogo;

import dev.weir.block.BlockOption;
import dev.weir.drive.control.DriveControl;
import dev.weir.fault.Fault;
import dev.weir.fault.PowerCut;
import dev.weir.shell.command.DefinitionWords;
import dev.weir.shell.command.LimitChange;
import dev.weir.shell.command.Services;
import dev.weir.shell.load.Pattern;
import dev.weir.shell.syntax.CommandSyntax;
import dev.weir.shell.syntax.CommandTexts;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.view.text.LimitValues;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandSession;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/**
 * Completes Weir's commands from their usage lines: {@code NAME} offers drive names, {@code GROUP} group names and so
 * on. See docs/design/decisions/011.
 *
 * <p>Thread-safe.
 */
public final class CommandCompleter implements Completer {
    /** A long option of a help text with its optional value name and its description. */
    private static final java.util.regex.Pattern OPTION =
            java.util.regex.Pattern.compile("(?m)^\\s+(?:-\\S )?\\s*(--[a-z-]+)(?:=([A-Z]+))? +(\\S.*)$");

    private static final String ACTION = "ACTION";

    private final Services services;
    private final CommandTexts texts;

    /** Creates a completer for a session. */
    public CommandCompleter(Services services, CommandSession session) {
        this.services = services;
        texts = new CommandTexts(session);
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        List<String> words = line.words().subList(0, line.wordIndex());
        if (words.isEmpty()) {
            commands(line.word()).forEach(candidates::add);
        } else {
            texts.find(words.get(0))
                    .filter(command -> command.startsWith(CommandTexts.SCOPE))
                    .map(command -> arguments(texts.answer(command, "--help"), words, line.word()))
                    .ifPresent(found -> found.forEach(candidates::add));
        }
    }

    /** Returns Weir's commands. Adds commands of other bundles once the word is not empty. */
    private Stream<Candidate> commands(String word) {
        return texts.names().stream().flatMap(command -> {
            String name = command.substring(command.indexOf(':') + 1);
            if (command.startsWith(CommandTexts.SCOPE)) {
                return Stream.of(described(word.contains(":") ? command : name, texts.summary(command)));
            }
            return word.isEmpty() || name.startsWith("_")
                    ? Stream.empty()
                    : Stream.of(new Candidate(word.contains(":") ? command : name));
        });
    }

    private Stream<Candidate> arguments(String help, List<String> words, String word) {
        String before = words.get(words.size() - 1);
        Matcher option = OPTION.matcher(help);
        while (option.find()) {
            if (option.group(1).equals(before) && option.group(2) != null) {
                return values(option.group(2), words, word);
            }
        }
        if (word.startsWith("-")) {
            return OPTION.matcher(help).results().map(found -> described(found.group(1), found.group(3)));
        }
        List<String> names = CommandSyntax.of(help).arguments();
        int place = (int) words.stream().skip(1).filter(w -> !w.startsWith("-")).count();
        if (names.contains(ACTION) && place > 0 && !DefinitionWords.ACTIONS.contains(words.get(1))) {
            place++; // the first word is a name
        }
        if (place >= names.size()
                && (names.isEmpty() || !names.get(names.size() - 1).endsWith("..."))) {
            return Stream.empty();
        }
        return values(names.get(Math.min(place, names.size() - 1)).replace("...", ""), words, word);
    }

    /** Returns the candidates for an argument or option value of a usage line. */
    private Stream<Candidate> values(String name, List<String> words, String word) {
        return switch (name) {
            case ACTION ->
                Stream.concat(
                        DefinitionWords.ACTIONS.stream().map(Candidate::new),
                        values(isOfGroups(words) ? "GROUP" : "NAME", words, word));
            case "NAME" -> services.drives().stream().map(DriveControl::name).map(Candidate::new);
            case "NAME|GROUP" -> Stream.concat(values("NAME", words, word), values("GROUP", words, word));
            case "GROUP" -> services.groups().stream().map(group -> new Candidate(group.name()));
            case "TYPE" -> services.policyTypes().stream().map(Candidate::new);
            case "PATTERN" -> Arrays.stream(Pattern.values()).map(pattern -> new Candidate(pattern.text()));
            case "CHANGE" -> Stream.of("list", "add", "revoke").map(Candidate::new);
            case "COMMAND" -> commands("");
            case "SIZE" -> size(words.get(1));
            case "FAULT" -> faults(words.get(1));
            case "KEY=VALUE" -> settings(words, word);
            default -> Stream.empty();
        };
    }

    /** Returns the current size of a drive for editing. */
    private Stream<Candidate> size(String drive) {
        return services.drives().stream()
                .filter(control -> control.name().equals(drive))
                .map(control -> open(
                        LimitValues.text(BlockOption.SIZE, control.snapshot().size())));
    }

    private Stream<Candidate> faults(String drive) {
        return services.drives().stream()
                .filter(control -> control.name().equals(drive))
                .flatMap(control -> control.faults().settings().faults().stream())
                .map(fault -> new Candidate(fault.name()));
    }

    private Stream<Candidate> settings(List<String> words, String word) {
        return switch (words.get(0).replaceFirst("^weir:", "")) {
            case "fault" -> FaultWords.candidates(Fault.keys(), word).map(CommandCompleter::open);
            case "power-cut" -> FaultWords.candidates(PowerCut.KEYS, word).map(CommandCompleter::open);
            case "drive", "group" ->
                DefinitionWords.ACTIONS.contains(words.get(1)) || !isOfGroups(words)
                        ? definition(words)
                        : limits(words.get(1), word);
            default -> limits(words.get(1), word);
        };
    }

    private static boolean isOfGroups(List<String> words) {
        return words.get(0).endsWith("group");
    }

    /** Returns the keys of a definition for the actions that take some. */
    private static Stream<Candidate> definition(List<String> words) {
        return List.of("add", "set").contains(words.get(1))
                ? DefinitionWords.keys(isOfGroups(words) ? "group" : "drive", ThrottleLimits.keys().stream())
                        .map(key -> open(key + "="))
                : Stream.empty();
    }

    /** Returns the limit keys. After a key, returns the current value for editing. */
    private Stream<Candidate> limits(String drive, String word) {
        if (!word.contains("=")) {
            return Stream.concat(ThrottleLimits.keys().stream(), LimitChange.SHARE_KEYS.stream())
                    .map(key -> open(key + "="));
        }
        return services.drives().stream()
                .filter(control -> control.name().equals(drive))
                .map(control -> control.snapshot().limits())
                .findFirst()
                .or(() -> services.groups().stream()
                        .filter(group -> group.name().equals(drive))
                        .map(group -> group.snapshot().limits())
                        .findFirst())
                .stream()
                .flatMap(limits -> limits.toMap().entrySet().stream())
                .map(limit -> open(limit.getKey() + "=" + LimitValues.text(limit.getKey(), limit.getValue())));
    }

    private static Candidate open(String text) {
        return new Candidate(text, text, null, null, null, null, false);
    }

    private static Candidate described(String text, String description) {
        return new Candidate(text, text, null, description, null, null, true);
    }
}
