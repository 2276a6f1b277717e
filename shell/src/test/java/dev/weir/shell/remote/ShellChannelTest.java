package dev.weir.shell.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.shell.command.TestDrive;
import dev.weir.shell.command.TestServices;
import dev.weir.shell.remote.TestClient.Answer;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.Version;

@Timeout(60)
final class ShellChannelTest {
    private final Path home;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private @Nullable ShellChannel open;

    ShellChannelTest(@TempDir Path home) {
        this.home = home;
    }

    private ShellChannel channel(@Nullable String homeProperty) throws IOException {
        Bundle bundle = proxy(Bundle.class, (self, method, args) -> switch (method.getName()) {
            case "getVersion" -> new Version("1.2.3.PRE");
            case "getHeaders" -> FrameworkUtil.asDictionary(Map.of("Implementation-Version", "1.2.3"));
            case "stop" -> {
                stopped.countDown();
                yield null;
            }
            default -> throw new UnsupportedOperationException(method.getName());
        });
        BundleContext context = proxy(BundleContext.class, (self, method, args) -> switch (method.getName()) {
            case "getProperty" -> args[0].equals("weir.home") ? homeProperty : null;
            case "getBundle" -> bundle;
            default -> throw new UnsupportedOperationException(method.getName());
        });
        ShellChannel channel = new ShellChannel(context, TestServices.of(TestDrive.busy("vm1")));
        channel.open();
        open = channel;
        return channel;
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @AfterEach
    void close() throws IOException {
        if (open != null) {
            open.close();
        }
    }

    private Answer ask(char type, String request) throws IOException {
        return TestClient.ask(home.resolve("run/shell.sock"), type, request);
    }

    @Test
    void statusNeedsNoGogo() throws IOException {
        channel(home.toString());
        long pid = ProcessHandle.current().pid();
        String hello = "protocol=1\nversion=1.2.3\npid=" + pid;
        String text = "Weir 1.2.3, pid %d, in %s: vm1 serving\n".formatted(pid, home);
        String json =
                "{\"version\":\"1.2.3\",\"pid\":%d,\"home\":\"%s\",\"drives\":[{\"name\":\"vm1\",\"state\":\"serving\","
                                .formatted(pid, home)
                        + "\"reason\":\"\"}],\"deployed\":[],\"faults\":[],\"warnings\":[]}\n";
        assertEquals(new Answer(hello, text, "", 0), ask('B', "status"));
        Answer answer = ask('B', "status --json");
        String untimed = answer.out().replaceFirst("\"time\":\"[^\"]*\",", "");
        assertEquals(
                new Answer(hello, json, "", 0), new Answer(answer.hello(), untimed, answer.err(), answer.status()));
        assertEquals(
                "weir: no commands because Gogo is not running\n",
                ask('X', "drives").err());
    }

    @Test
    void commandsNeedGogo() throws IOException {
        channel(home.toString()).processor = new CommandProcessorImpl();
        assertEquals(
                "weir: unknown command \"drives\"; try \"help\"\n",
                ask('X', "drives").err());
    }

    @Test
    void invalidRequestIsRefused() throws IOException {
        channel(home.toString());
        assertEquals(
                "weir: unknown request \"explode\"; there are status, stop\n",
                ask('B', "explode").err());
        assertEquals("weir: unknown request type \"Z\"\n", ask('Z', "").err());
    }

    @Test
    void stopIsAnsweredFirst() throws Exception {
        channel(home.toString());
        Answer answer = ask('B', "stop");
        assertEquals("Weir stops\n", answer.out());
        assertEquals(0, answer.status());
        assertTrue(stopped.await(30, TimeUnit.SECONDS));
    }

    @Test
    void noHomeNoSocket() throws IOException {
        channel(null).close();
        assertFalse(Files.exists(home.resolve("run")));
    }
}
