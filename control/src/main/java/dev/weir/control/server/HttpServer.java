package dev.weir.control.server;

import dev.weir.control.access.Sessions;
import dev.weir.control.access.Tokens;
import dev.weir.control.event.EventStreams;
import dev.weir.control.route.Router;
import dev.weir.log.FailureText;
import dev.weir.nbd.tls.TlsFiles;
import dev.weir.nbd.unix.InheritedSocket;
import dev.weir.nbd.unix.SocketAccess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server on all its addresses. Thread-safe. See docs/design/decisions/051. */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    /** The maximum number of connections of each address. Further ones wait until one ends. */
    static final int CONNECTIONS = 256;

    /** The most requests per second with a valid token, and for files of the console. */
    static final int REQUESTS_PER_SECOND = 5000;

    /** The most requests per second without a valid token. */
    static final int STRANGERS_PER_SECOND = 20;

    /** Threads beside those of the connectors. */
    private static final int THREADS = 24;

    private static final int THREADS_OF_CONNECTOR = 2;
    private static final int FINISH_SECONDS = 5;
    private static final int HEADER_BYTES = 8 << 10;
    private static final int IDLE_MILLIS = 30_000;

    private final Server server;
    private final ServerSettings settings;
    private final Map<String, Door> doors;
    private final ApiHandler handler;
    private final SlowHeaders slowHeaders = new SlowHeaders();

    /** Reasons of the addresses that cannot be used, by address. Confined to the thread that starts the server. */
    private final Map<String, String> faults = new LinkedHashMap<>();

    private SslContextFactory.@Nullable Server tls;

    private HttpServer(ServerSettings settings, Map<String, Door> doors, ApiHandler handler) {
        this.settings = settings;
        this.doors = doors;
        this.handler = handler;
        QueuedThreadPool threads = new QueuedThreadPool(
                THREADS + THREADS_OF_CONNECTOR * settings.listen().size(), 1, IDLE_MILLIS);
        threads.setName("weir-control");
        threads.setDaemon(true);
        server = new Server(threads, new ScheduledExecutorScheduler("weir-control-timer", true), null);
        server.setHandler(handler);
        server.setErrorHandler(new ProblemErrorHandler());
        server.setStopTimeout(0);
    }

    /**
     * Listens on all addresses that can be used. {@link #faults} lists the others.
     *
     * @param millis the time (ms since 1970)
     * @throws IOException if the certificate or its key is unusable; the server does not listen then
     */
    public static HttpServer start(
            ServerSettings settings,
            Router router,
            EventStreams events,
            Tokens tokens,
            Sessions sessions,
            LongSupplier millis)
            throws IOException {
        Map<String, Door> doors = new ConcurrentHashMap<>();
        ApiHandler handler = new ApiHandler(
                new RequestGate(tokens, sessions),
                new SignIn(sessions),
                router,
                doors,
                events,
                new RequestRate(REQUESTS_PER_SECOND, millis),
                new RequestRate(REQUESTS_PER_SECOND, millis),
                new RequestRate(STRANGERS_PER_SECOND, millis));
        HttpServer http = new HttpServer(settings, doors, handler);
        try {
            http.open();
        } catch (IOException | RuntimeException e) {
            http.close();
            throw e;
        }
        return http;
    }

    private void open() throws IOException {
        tls = tls();
        try {
            server.start();
        } catch (Exception e) {
            throw new IOException("the HTTP server cannot start: " + e.getMessage(), e);
        }
        listen();
    }

    /** Listens on the addresses that it does not listen on yet. {@link #faults} lists those that cannot be used. */
    public void listen() {
        faults.clear();
        settings.listen().stream()
                .filter(address -> !doors.containsKey(address))
                .forEach(this::listen);
    }

    private void listen(String address) {
        AbstractConnector connector;
        try {
            connector = address.startsWith("unix:") ? unix(address) : tcp(address);
        } catch (IOException e) {
            faults.put(address, text(e));
            return;
        }
        connector.setName(address);
        connector.setIdleTimeout(IDLE_MILLIS);
        connector.addBean(slowHeaders);
        connector.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
        try {
            server.addConnector(connector);
            connector.start();
            int port = connector instanceof ServerConnector tcp ? tcp.getLocalPort() : 0;
            doors.put(address, Door.of(address, tls != null, port, settings.hosts()));
        } catch (Exception e) {
            server.removeConnector(connector);
            stop(connector);
            faults.put(address, text(e));
        }
    }

    private static void stop(AbstractConnector failed) {
        try {
            failed.stop();
        } catch (Exception e) {
            LOG.debug("a connector that has failed does not stop", e);
        }
    }

    private static String text(Exception failure) {
        Throwable cause = failure.getCause();
        IOException io = failure instanceof IOException own
                ? own
                : cause instanceof IOException inner ? inner : new IOException(failure.toString(), failure);
        return FailureText.of(io);
    }

    private AbstractConnector unix(String address) {
        return new UnixConnector(
                server,
                Path.of(address.substring("unix:".length())),
                new SocketAccess(settings.socketMode(), settings.socketGroup()),
                new HttpConnectionFactory(http(false)));
    }

    private AbstractConnector tcp(String address) throws IOException {
        HttpConnectionFactory http = new HttpConnectionFactory(http(tls != null));
        ConnectionFactory[] protocols = tls == null
                ? new ConnectionFactory[] {http}
                : new ConnectionFactory[] {new SslConnectionFactory(tls, http.getProtocol()), http};
        ServerConnector connector = new ServerConnector(server, null, null, null, 1, 1, protocols);
        String host = Door.host(address);
        connector.setHost(host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
        connector.setPort(Door.port(address));
        ServerSocketChannel inherited =
                InheritedSocket.of(new InetSocketAddress(connector.getHost(), connector.getPort()));
        if (inherited != null) {
            connector.open(inherited);
        }
        return connector;
    }

    private static HttpConfiguration http(boolean secure) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        http.setIdleTimeout(IDLE_MILLIS);
        if (secure) {
            http.addCustomizer(new SecureRequestCustomizer(false));
        }
        return http;
    }

    private SslContextFactory.@Nullable Server tls() throws IOException {
        Path certificate = settings.certificate();
        Path key = settings.key();
        if (certificate == null || key == null) {
            return null;
        }
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setKeyStore(new TlsFiles(certificate, key, null, null).keyStore());
        tls.setKeyStorePassword(TlsFiles.KEY_STORE_PASSWORD);
        tls.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        tls.setSniRequired(false);
        return tls;
    }

    /** Returns a line for each address that cannot be used. */
    public List<String> faults() {
        return faults.entrySet().stream()
                .map(fault -> "control.listen = %s: cannot listen: %s".formatted(fault.getKey(), fault.getValue()))
                .toList();
    }

    /** Returns a line for each Unix socket that users cannot reach although its permissions allow them. */
    public List<String> warnings() {
        return Arrays.stream(server.getConnectors())
                .filter(connector -> connector instanceof UnixConnector unix && unix.obstacle() != null)
                .map(connector -> connector.getName() + ": " + ((UnixConnector) connector).obstacle())
                .toList();
    }

    /** Returns the addresses that it listens on, with the real port of each. */
    public List<String> addresses() {
        return settings.listen().stream()
                .map(doors::get)
                .filter(Objects::nonNull)
                .map(door -> door.isLocal() ? door.address() : "tcp:" + Door.host(door.address()) + ":" + door.port())
                .toList();
    }

    /** Ends connections whose headers take too long to arrive. Call it every 5 seconds. */
    public void endSlowRequests() {
        slowHeaders.look();
    }

    /** Answers the operations in progress and then closes. Ends those that take longer than some seconds. */
    public void finish() throws InterruptedException {
        try {
            handler.finish(FINISH_SECONDS);
        } finally {
            close();
        }
    }

    /** Stops listening and ends all connections. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP server cannot stop", e);
        }
    }
}
