package dev.weir.shell.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Removes colours and keeps all other output. {@code ^} denotes escape. */
class MonochromeTest {
    private static String monochrome(String written) {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        try (Monochrome terminal = new Monochrome(shown)) {
            terminal.write(written.replace('^', '\u001b').getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return shown.toString(StandardCharsets.UTF_8).replace('\u001b', '^');
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "^[31mrot^[0m | rot^[0m",
                "^[1;31;44mä | ^[1mä",
                "^[38;5;196m^[48;5;1mx^[m | x^[m",
                "^[38;2;255;0;0;7mx | ^[7mx",
                "^[0;38:5:196mx | ^[0mx",
                "^[90m^[107m^[39;49mx | x",
                "^[4m^[2J^[12;5H^[?25lx^Mx^[K | ^[4m^[2J^[12;5H^[?25lx^Mx^[K",
                "^[31 | ''",
            })
    void onlyColoursGo(String written, String shown) {
        assertEquals(shown, monochrome(written));
    }
}
