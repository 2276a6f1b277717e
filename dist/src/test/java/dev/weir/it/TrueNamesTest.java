package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Documentation and comments name only things that exist: classes, members, packages, files and decisions. */
class TrueNamesTest {
    private static final Path SOURCES = Path.of("").toAbsolutePath().getParent();
    private static final Path DECISIONS = Path.of("docs/design/decisions");
    private static final Set<String> NOT_SOURCES = Set.of("target", ".jqwik-database", "NbdFuzzTestInputs");

    /** Words that look like a class and are names of other projects, units and options of the JVM. */
    private static final Set<String> OTHER_WORDS =
            Set.of(("GnuTLS EdDSA KiB MiB GiB TiB NaN NetworkBlockDevice TlsFatalAlert ConsumerType ProviderType"
                            + " ManagedServiceFactory BundleException RegisterExtension SerialGC MetaspaceSize MaxDirectMemorySize"
                            + " MaxTenuringThreshold StrictModes GitHub LimitNOFILE MemoryDenyWriteExecute MemoryMax"
                            + " UseTransparentHugePages CompileCommand CompileThresholdScaling TrimNativeHeapInterval"
                            + " PrivateDevices DeviceAllow KillMode FileDescriptorName OpenAPI DevTools HttpOnly SameSite"
                            + " CommandNotFoundException VmRSS TieredStopAtLevel")
                    .split(" "));

    /** Members that a source does not declare, and the end of a file's name. */
    private static final Set<String> INHERITED =
            Set.of("ordinal", "name", "values", "equals", "hashCode", "class", "java");

    private static final List<String> JDK_PACKAGES = List.of(
            "java.lang",
            "java.io",
            "java.nio",
            "java.nio.channels",
            "java.util",
            "java.security.cert",
            "javax.security.auth.x500");

    private static final Pattern COMMENT = Pattern.compile("(?<!\\*)/\\*.*?\\*/|(?<=\\s)//[^\\n]*", Pattern.DOTALL);
    private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");
    private static final Pattern TYPE = Pattern.compile("\\b(?:class|interface|enum|record)\\s+([A-Z]\\w*)");
    private static final Pattern PACKAGE = Pattern.compile("(?m)^package (dev\\.weir[\\w.]*);");

    /** A class with two capitals or more, possibly with a member. */
    private static final Pattern CLASS =
            Pattern.compile("(?<![\\w.$/\"-])([A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+)(?:[.#]([a-zA-Z]\\w*))?(?![\\w-])");

    private static final Pattern PACKAGE_NAME = Pattern.compile("(?<![\\w.-])dev\\.weir(?:\\.[a-z]\\w*)+(?![\\w~*.])");
    private static final Pattern FILE =
            Pattern.compile("(?<![\\w./~$}=-])(?!target/)([a-z][\\w-]*(?:/[\\w.-]+)*\\.(?:md|java|sh))\\b");
    private static final Pattern DECISION = Pattern.compile("decisions?[ /]+(\\d{3})\\b", Pattern.CASE_INSENSITIVE);

    /** Documents and reports that are not kept with the sources. */
    private static final Pattern ELSEWHERE = Pattern.compile(
            "\\bDESIGN\\b|\\b(?:HOUSE|STYLE|STACK|FIELD)\\.md|\\.\\./shared|\\b[Tt]he issue (?:wants|says|asks|names)");

    private static final Map<Path, String> TEXTS = new TreeMap<>();

    /** The sources of all types of a simple name. */
    private static final Map<String, String> TYPES = new HashMap<>();

    private static Set<String> packages = Set.of();

    private final List<String> wrong = new ArrayList<>();

    @BeforeAll
    static void read() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(TrueNamesTest::isSource).toList()) {
                readText(file);
            }
        }
        TEXTS.forEach((file, text) -> {
            if (isJava(file)) {
                matches(TYPE, text).forEach(type -> TYPES.merge(type.group(1), text, String::concat));
            }
        });
        packages = TEXTS.values().stream()
                .flatMap(text -> matches(PACKAGE, text))
                .map(declared -> declared.group(1))
                .collect(Collectors.toSet());
    }

    private static boolean isSource(Path file) {
        for (Path part : SOURCES.relativize(file)) {
            if (NOT_SOURCES.contains(part.toString()) || part.toString().startsWith(".")) {
                return false;
            }
        }
        return Files.isRegularFile(file);
    }

    private static void readText(Path file) throws IOException {
        try {
            TEXTS.put(SOURCES.relativize(file), Files.readString(file));
        } catch (MalformedInputException e) {
            assertEquals(false, isJava(file) || isPage(file), () -> file + " is not in UTF-8");
        }
    }

    private static boolean isJava(Path file) {
        return file.toString().endsWith(".java");
    }

    private static boolean isPage(Path file) {
        return file.toString().endsWith(".md");
    }

    private static Stream<MatchResult> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results();
    }

    private static boolean isOverview(Path file) {
        return file.endsWith("overview.html");
    }

    /** Calls a check with the text of each comment, of each span of code on a page and of the overview of the API. */
    private static void forEachStatement(BiConsumer<Path, String> check) {
        TEXTS.forEach((file, text) -> {
            if (isJava(file)) {
                matches(COMMENT, text).forEach(comment -> check.accept(file, comment.group()));
            } else if (isPage(file)) {
                matches(CODE, text).forEach(code -> check.accept(file, code.group(1)));
            } else if (isOverview(file)) {
                check.accept(file, text);
            }
        });
    }

    @Test
    void classesAndMembersExist() {
        forEachStatement((file, statement) -> matches(CLASS, statement)
                .filter(name -> !exists(name.group(1), name.group(2)))
                .forEach(name -> wrong.add(file + ": " + name.group())));
        assertEquals(List.of(), wrong);
    }

    private static boolean exists(String type, String member) {
        if (OTHER_WORDS.contains(type) || isOfJdk(type) || isAttribute(type)) {
            return true;
        }
        String source = TYPES.get(type);
        return source != null
                && (member == null || INHERITED.contains(member) || source.matches("(?s).*\\b" + member + "\\b.*"));
    }

    /** Returns whether an MXBean has an attribute. */
    private static boolean isAttribute(String name) {
        return TYPES.entrySet().stream()
                .anyMatch(type ->
                        type.getKey().endsWith("MXBean") && type.getValue().contains(" get" + name + "("));
    }

    private static boolean isOfJdk(String type) {
        return JDK_PACKAGES.stream().anyMatch(name -> {
            try {
                Class.forName(name + "." + type, false, null);
                return true;
            } catch (ClassNotFoundException e) {
                return false;
            }
        });
    }

    @Test
    void packagesExist() {
        forEachStatement((file, statement) -> matches(PACKAGE_NAME, statement)
                .filter(name -> packages.stream().noneMatch(each -> (each + ".").startsWith(name.group() + ".")))
                .forEach(name -> wrong.add(file + ": " + name.group())));
        assertEquals(List.of(), wrong);
    }

    @Test
    void filesExist() {
        forEachStatement((file, statement) -> matches(FILE, statement)
                .filter(name -> TEXTS.keySet().stream().noneMatch(each -> each.endsWith(name.group(1))))
                .forEach(name -> wrong.add(file + ": " + name.group(1))));
        assertEquals(List.of(), wrong);
    }

    @Test
    void decisionsExist() {
        TEXTS.forEach((file, text) -> matches(DECISION, text)
                .filter(decision -> decisions().noneMatch(each -> isNumbered(each, decision.group(1))))
                .forEach(decision -> wrong.add(file + ": decision " + decision.group(1))));
        assertEquals(List.of(), wrong);
    }

    @Test
    void noTwoDecisionsHaveOneNumber() {
        Map<String, Long> counts = decisions()
                .collect(Collectors.groupingBy(
                        each -> each.getFileName().toString().substring(0, 3), Collectors.counting()));
        counts.values().removeIf(count -> count == 1);
        assertEquals(Map.of(), counts);
    }

    private static Stream<Path> decisions() {
        return TEXTS.keySet().stream().filter(file -> file.startsWith(DECISIONS));
    }

    private static boolean isNumbered(Path decision, String number) {
        return decision.getFileName().toString().startsWith(number + "-");
    }

    /** Code and decision lead to each other: a source refers to the decision, which names this source. */
    @Test
    void everyDecisionNamesASourceThatRefersToIt() {
        decisions()
                .filter(decision -> TEXTS.entrySet().stream()
                        .filter(entry -> !isPage(entry.getKey()) && refersTo(entry.getValue(), decision))
                        .noneMatch(entry -> names(decision, entry.getKey())))
                .forEach(decision -> wrong.add(decision + ": names no class or script that refers to it"));
        assertEquals(List.of(), wrong);
    }

    private static boolean refersTo(String text, Path decision) {
        return matches(DECISION, text).anyMatch(reference -> isNumbered(decision, reference.group(1)));
    }

    private static boolean names(Path decision, Path source) {
        String name = source.getFileName().toString().replaceFirst("\\.java$", "");
        return matches(CODE, TEXTS.get(decision)).anyMatch(code -> code.group(1).matches(".*\\b" + name + "\\b.*"));
    }

    @Test
    void nothingRefersToDocumentsElsewhere() {
        TEXTS.forEach((file, text) -> matches(ELSEWHERE, text)
                .filter(reference -> !file.endsWith("TrueNamesTest.java"))
                .forEach(reference -> wrong.add(file + ": " + reference.group())));
        assertEquals(List.of(), wrong);
    }
}
