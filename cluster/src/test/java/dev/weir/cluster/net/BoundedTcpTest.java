package dev.weir.cluster.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.log.PlainText;
import dev.weir.log.RateLimitedLog;
import java.io.EOFException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jgroups.JChannel;
import org.jgroups.logging.Log;
import org.jgroups.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BoundedTcpTest {
    private final List<String> lines = new ArrayList<>();
    private final Log log = BoundedTcp.bounded(LogFactory.getLog(getClass()), lines::add);

    @Test
    void strangersCannotFillTheLog() {
        for (int i = 0; i < 1000; i++) {
            log.warn("%s: failed accepting connection from peer %s: %s", "10.0.0.1:7800", i, new EOFException());
        }
        assertEquals(RateLimitedLog.MAX_LINES, lines.size());
        assertEquals(
                "cluster: 10.0.0.1:7800: failed accepting connection from peer 0: java.io.EOFException", lines.get(0));
    }

    /** A stranger that sends no greeting of JGroups. */
    @Test
    @Timeout(60)
    void warningsOfTheRunningPortAreBounded() throws Exception {
        BlockingQueue<String> written = new LinkedBlockingQueue<>();
        BoundedTcp tcp = new BoundedTcp(written::add);
        tcp.setBindAddress(InetAddress.getLoopbackAddress());
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            tcp.setBindPort(free.getLocalPort());
        }
        try (JChannel channel = new JChannel(tcp)) {
            channel.connect("test");
            try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), tcp.getBindPort())) {
                stranger.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
                String line = written.take();
                assertTrue(line.startsWith("cluster: "), line);
            }
        }
    }

    @Test
    void controlCharactersOfAStrangerAreShown() {
        log.warn("hello \u001b[2J");
        assertEquals(List.of("cluster: " + PlainText.of("hello \u001b[2J")), lines);
        assertFalse(lines.get(0).contains("\u001b"));
    }

    @Test
    void otherCallsKeepTheirFailures() {
        Log failing = (Log) Proxy.newProxyInstance(
                Log.class.getClassLoader(), new Class<?>[] {Log.class}, (proxy, method, arguments) -> {
                    throw new UncheckedIOException(new EOFException());
                });
        Log bounded = BoundedTcp.bounded(failing, lines::add);
        assertThrows(UncheckedIOException.class, () -> bounded.debug("whole"));
    }

    @Test
    void everyFormOfAWarningHasItsText() {
        log.warn("100 % plain");
        log.error("broken", new EOFException("end"));
        log.warn("of %d", 3);
        assertEquals(
                List.of("cluster: 100 % plain", "cluster: broken: java.io.EOFException: end", "cluster: of 3"), lines);
    }
}
