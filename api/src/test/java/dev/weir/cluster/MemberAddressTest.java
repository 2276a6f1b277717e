package dev.weir.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemberAddressTest {

    @ParameterizedTest
    @CsvSource({
        "h1:1, h1, 1",
        "h1.example:65535, h1.example, 65535",
        "10.0.0.1:7800, 10.0.0.1, 7800",
        "[::1]:7800, ::1, 7800",
        "[fe80::1%eth0]:7800, fe80::1%eth0, 7800"
    })
    void addressHasAHostAndAPort(String text, String host, int port) {
        assertEquals(new MemberAddress(host, port), MemberAddress.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"h1", "h1:0", "h1:65536", "::1:7800", "[h1]:1", ":1", "h1:", "h 1:1", "h1:1 "})
    void otherTextsAreNoAddresses(String text) {
        assertNull(MemberAddress.parse(text));
    }
}
