package dev.weir.view.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UnitsTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1 B",
        "999, 999 B",
        "1000, 1000 B",
        "1023, 1023 B",
        "1024, 1 KiB",
        "1536, 1.5 KiB",
        "1234567, 1.18 MiB",
        "10485760, 10 MiB",
        "104857600, 100 MiB",
        "1047552, 1023 KiB",
        "1048575, 1 MiB",
        "10737418240, 10 GiB",
        "9223372036854775807, 8 EiB",
    })
    void bytesInTheUnitThatSuits(long bytes, String text) {
        assertEquals(text, Units.bytes(bytes));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1 ns",
        "999, 999 ns",
        "1000, 1 µs",
        "12345, 12.3 µs",
        "999949, 1 ms",
        "1500000, 1.5 ms",
        "59900000000, 59.9 s",
        "60000000000, 1 min",
        "61999999999, 1 min 1 s",
        "3600000000000, 1 h",
        "7500000000000, 2 h 5 min",
        "90000000000000, 1 d 1 h",
        "9223372036854775807, 106751 d 23 h",
        "-1500000, -1.5 ms",
        "-9223372036854775808, -106751 d 23 h",
    })
    void timeInTheUnitThatSuits(long nanos, String text) {
        assertEquals(text, Units.nanos(nanos));
    }
}
