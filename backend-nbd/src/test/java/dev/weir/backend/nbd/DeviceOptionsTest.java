package dev.weir.backend.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The options of the backend and the messages for wrong ones. */
class DeviceOptionsTest {
    @ParameterizedTest
    @CsvSource({
        "nbd://host, false, '', host, 10809, ''",
        "nbd://host:99/a/b, false, '', host, 99, a/b",
        "NBDS://bob@host/vm%201+, true, bob, host, 10809, vm 1+",
        "nbds://[::1]:1/x, true, '', ::1, 1, x",
        "nbd://127.0.0.1//x, false, '', 127.0.0.1, 10809, /x",
    })
    void uriOfTcp(String text, boolean tls, String user, String host, int port, String export) throws IOException {
        assertEquals(new NbdUri(text, tls, user, host, port, null, export), NbdUri.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "nbd+unix:///vm1?socket=/run/a.sock, false, '', /run/a.sock, vm1",
        "nbd+unix://?socket=/run/a.sock, false, '', /run/a.sock, ''",
        "nbd+unix:///?socket=/run/a%20b+c.sock, false, '', /run/a b+c.sock, ''",
        "nbds+unix://bob@/x?socket=/s, true, bob, /s, x",
    })
    void uriOfAUnixSocket(String text, boolean tls, String user, String socket, String export) throws IOException {
        assertEquals(new NbdUri(text, tls, user, null, 0, Path.of(socket), export), NbdUri.parse(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://host/x | must begin with nbd://, nbds://, nbd+unix:// or nbds+unix://",
                "host:10809 | must begin with nbd://, nbds://, nbd+unix:// or nbds+unix://",
                "nbd:///x | must have a host: nbd://HOST:PORT/NAME",
                "nbd://h/x y | must be a URI: Illegal character in path at character 10",
                "nbd://host:70000/x | must have a port from 1 to 65535",
                "nbd://host/x?tls-psk-file=y | must have no parameters: TLS files are options of the backend",
                "nbd://host/x#y | must have no fragment: write # as %23",
                "nbd+unix:///x | must have the parameter socket and no other: nbd+unix:///NAME?socket=PATH",
                "nbd+unix:///x?socket=/a&b=c | must have the parameter socket and no other: nbd+unix:///NAME?socket=PATH",
                "nbd+unix:///x?socket=a.sock | must have a socket with an absolute path",
                "nbd+unix://host/x?socket=/a | must have no host: nbd+unix:///NAME?socket=PATH",
            })
    void wrongUriIsNamedWithItsRule(String text, String rule) {
        assertEquals("uri = " + text + ": " + rule, fault(Map.of("uri", text)));
    }

    private static String fault(Map<String, Object> options) {
        return String.valueOf(assertThrows(IOException.class, () -> new NbdDeviceFactory().check("vm1", options, false))
                .getMessage());
    }

    @Test
    void wrongOptionIsNamedWithItsRule() {
        assertEquals("connections = 17: must be 1 to 16", fault(Map.of("uri", "nbd://h", "connections", 17L)));
        assertEquals(
                "tls-ca = /ca.pem: needs a uri of nbds:// or nbds+unix://",
                fault(Map.of("uri", "nbd://h", "tls-ca", "/ca.pem")));
        assertEquals("/nothing.pem: no such file", fault(Map.of("uri", "nbds://h", "tls-ca", "/nothing.pem")));
    }

    @Test
    void certificateMustBearTheHostOfTheUri() throws IOException {
        Map<String, Object> options = new HashMap<>(Map.of("uri", "nbds://[::1]/x"));
        assertEquals("::1", DeviceOptions.of(options).tlsHost());
        options.put("uri", "nbds+unix:///x?socket=/s");
        assertEquals("localhost", DeviceOptions.of(options).tlsHost());
        options.put("tls-hostname", "disk.example");
        assertEquals("disk.example", DeviceOptions.of(options).tlsHost());
    }

    @Test
    void unreachableServerIsNamed() {
        Map<String, Object> options = Map.of("uri", "nbd+unix:///x?socket=/nothing/here.sock");
        NbdDeviceFactory factory = new NbdDeviceFactory();

        IOException failure = assertThrows(
                IOException.class,
                () -> factory.open("vm1", options, false, new dev.weir.testkit.clock.ManualClock(0)));

        assertEquals("nbd+unix:///x?socket=/nothing/here.sock: No such file or directory", failure.getMessage());
        factory.close();
    }
}
