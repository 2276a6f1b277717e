package dev.weir.shell.gogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.Collectors;
import org.apache.felix.gogo.runtime.SyntaxError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Splits lines into statements. */
class StatementsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "drives; groups ! ;drives ;groups",
                "a && b || c ! ;a &&b ||c",
                "a | b; c ! ;a | b ;c",
                "sleep 9 & drives ! ;sleep 9 & &drives",
                "drives > file ! ;drives | > file",
                "drives | sort >> file; x ! ;drives | sort | >> file ;x",
                "cat < file ! ;cat < file",
                "< file ! ;< file",
                "< file > other; drives ! ;< file > other ;drives",
                "a 2> err ! ;a 2> err",
                "each (drives) { echo ($it name); echo x } ! ;each (drives) { echo ($it name); echo x }",
                "echo 'a; b > c' ! ;echo 'a; b > c'",
                "'' ! ''",
            })
    void statementsHaveTheirOperators(String line, String statements) {
        assertEquals(
                statements,
                Statements.of(line).stream()
                        .map(one -> one.before() + one.text())
                        .collect(Collectors.joining(" ")));
    }

    @Test
    void onlyTheLastAssignmentPrintsItsValue() {
        assertEquals(
                "[false, true]",
                Statements.of("x = (drives); x = 5").stream()
                        .map(Statements.One::isShown)
                        .toList()
                        .toString());
    }

    @Test
    void deepNestingIsRefusedBeforeTheStackOverflows() {
        for (String bracket : new String[] {"(", "[", "{", "$(", "\"$("}) {
            assertThrows(SyntaxError.class, () -> Statements.of(bracket.repeat(10_000)), bracket);
        }
        assertEquals(1, Statements.of("echo ((((a))))").size());
    }
}
