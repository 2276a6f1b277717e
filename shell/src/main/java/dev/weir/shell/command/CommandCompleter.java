package dev.weir.shell.command;

import dev.weir.drive.control.DriveControl;
import dev.weir.shell.load.Pattern;
import dev.weir.shell.text.LimitValues;
import dev.weir.throttle.ThrottleLimits;
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
 * Completes commands of Weir as their usage lines say: where one has {@code NAME}, a drive's name is offered, and so on.
 *
 * <p>Thread-safe.
 */
public final class CommandCompleter implements Completer {
    /** A long option in a help text, the name of its value if it has one, and what it does. */
    private static final java.util.regex.Pattern OPTION =
            java.util.regex.Pattern.compile("(?m)^\\s+(?:-\\S )?\\s*(--[a-z-]+)(?:=([A-Z]+))? +(\\S.*)$");

    private final Services whiteboard;
    private final CommandTexts texts;

    /** Completes what is typed in a session, with what is on the whiteboard. */
    public CommandCompleter(Services whiteboard, CommandSession session) {
        this.whiteboard = whiteboard;
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

    /** Weir's commands at first; those of others when something of them is typed. */
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
        if (place >= names.size()
                && (names.isEmpty() || !names.get(names.size() - 1).endsWith("..."))) {
            return Stream.empty();
        }
        return values(names.get(Math.min(place, names.size() - 1)).replace("...", ""), words, word);
    }

    /** Returns what may stand for a name in a usage line. */
    private Stream<Candidate> values(String name, List<String> words, String word) {
        return switch (name) {
            case "NAME" -> whiteboard.drives().stream().map(DriveControl::name).map(Candidate::new);
            case "GROUP" -> whiteboard.groups().stream().map(group -> new Candidate(group.name()));
            case "TYPE" -> whiteboard.policyTypes().stream().map(Candidate::new);
            case "PATTERN" -> Arrays.stream(Pattern.values()).map(pattern -> new Candidate(pattern.text()));
            case "COMMAND" -> commands("");
            case "KEY=VALUE" -> limits(words.get(1), word);
            default -> Stream.empty();
        };
    }

    /** The keys, each to be gone on with; after a key what it is set to, to be changed. */
    private Stream<Candidate> limits(String drive, String word) {
        if (!word.contains("=")) {
            return ThrottleLimits.keys().stream().map(key -> open(key + "="));
        }
        return whiteboard.drives().stream()
                .filter(control -> control.name().equals(drive))
                .map(control -> control.snapshot().limits())
                .findFirst()
                .or(() -> whiteboard.groups().stream()
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
