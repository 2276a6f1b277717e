package dev.weir.control;

import dev.weir.control.RawHttp.Reply;
import dev.weir.control.access.Sessions;
import dev.weir.control.access.Tokens;
import dev.weir.control.api.Api;
import dev.weir.control.event.EventStreams;
import dev.weir.control.server.HttpServer;
import dev.weir.control.server.ServerSettings;
import dev.weir.throttle.ThrottleLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A server with an engine, the drive vm1 in the group tenant-a, and the drive scratch. */
public class ApiFixture implements AutoCloseable {
    final EngineFixture weir;
    final EventStreams events;
    final Tokens tokens;
    final AtomicLong millis = new AtomicLong(1_000_000);
    final Sessions sessions = new Sessions(millis::get);
    HttpServer server;
    final SocketAddress unix;
    final InetSocketAddress tcp;
    private final Path socket;
    private final @Nullable Path certificate;
    private final @Nullable Path key;

    public ApiFixture(Path folder) throws IOException {
        this(folder, null, null);
    }

    ApiFixture(Path folder, @Nullable Path certificate, @Nullable Path key) throws IOException {
        weir = new EngineFixture(folder);
        events = new EventStreams(weir.services());
        tokens = new Tokens(folder.resolve("tokens"), millis::get);
        Path socket = folder.resolve("run/api.sock");
        unix = UnixDomainSocketAddress.of(socket);
        this.socket = socket;
        this.certificate = certificate;
        this.key = key;
        server = start(0);
        String address = server.addresses().get(1);
        tcp = new InetSocketAddress(
                InetAddress.getLoopbackAddress(), Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
    }

    private HttpServer start(int port) throws IOException {
        return HttpServer.start(
                new ServerSettings(
                        List.of("unix:" + socket, "tcp:127.0.0.1:" + port),
                        "0600",
                        "",
                        Set.of("weir.test"),
                        certificate,
                        key),
                Api.router(weir.services(), "1.0"),
                events,
                tokens,
                sessions,
                millis::get);
    }

    /** Stops listening and ends all connections. */
    public void stopServer() {
        server.close();
    }

    /** Listens on the same addresses again. */
    public void startServer() throws IOException {
        server = start(tcp.getPort());
    }

    /** Starts reads of 64 KiB at a drive. */
    public ReadLoad load(String drive, int depth) {
        return weir.load(drive, depth);
    }

    /** Sends a request over the Unix socket. */
    Reply local(String method, String path, String body) throws IOException {
        return RawHttp.request(unix, method, path, "Host: localhost\r\n", body);
    }

    Reply get(String path) throws IOException {
        return local("GET", path, "");
    }

    String host() {
        return "Host: 127.0.0.1:" + tcp.getPort() + "\r\n";
    }

    /** Sends a request over TCP with further headers. */
    Reply remote(String method, String path, String headers, String body) throws IOException {
        return RawHttp.request(tcp, method, path, host() + headers, body);
    }

    /** Returns the port of the TCP address. */
    public int port() {
        return tcp.getPort();
    }

    /** Returns a code that opens a session of the console. */
    public String newCode() {
        return sessions.newCode();
    }

    /** Lets all sessions expire. */
    public void endSessions() {
        millis.addAndGet(2 * Sessions.SESSION_MILLIS);
    }

    /** Returns the limits of a drive. */
    public ThrottleLimits limits(String drive) {
        return weir.drive(drive).snapshot().limits();
    }

    /** Adds a drive without limits. */
    public void addDrive(String name) {
        weir.add(name);
    }

    /** Removes a drive from the API. */
    public void removeDrive(String name) {
        weir.remove(name);
    }

    /** Adds a drive with a limit on requests per second. */
    public void addDrive(String name, long iops) {
        weir.add(name, iops);
    }

    /** Turns the cluster off. */
    public void leaveCluster() {
        weir.leaveCluster();
    }

    @Override
    public void close() {
        events.close();
        server.close();
        weir.close();
    }
}
