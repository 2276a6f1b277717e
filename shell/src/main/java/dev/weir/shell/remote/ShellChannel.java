package dev.weir.shell.remote;

import dev.weir.shell.command.Services;
import dev.weir.shell.gogo.CommandCompleter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.felix.service.command.CommandProcessor;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the shell to other processes on the socket {@code run/shell.sock} in Weir's home. The framework property
 * {@code weir.home} names the home. Without it no socket is opened. The package describes the protocol.
 */
@Component(immediate = true)
public final class ShellChannel {
    private static final Logger LOG = LoggerFactory.getLogger(ShellChannel.class);

    private final BundleContext context;
    private final Services services;
    private @Nullable ShellServer server;

    /** Optional because status and stop work without Gogo. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable CommandProcessor processor;

    @Activate
    public ShellChannel(BundleContext context, @Reference Services services) {
        this.context = context;
        this.services = services;
    }

    @Activate
    void open() throws IOException {
        String home = context.getProperty("weir.home");
        if (home == null) {
            LOG.info("no shell for other processes because weir.home is not set");
            return;
        }
        Bundle bundle = context.getBundle();
        // the version of the distribution; a bundle's version has another spelling for snapshots
        String version = Objects.requireNonNullElse(
                bundle.getHeaders("").get("Implementation-Version"),
                bundle.getVersion().toString());
        BuiltIns builtIns = new BuiltIns(() -> services.status(version, home), this::stop);
        server = ShellServer.open(
                Path.of(home, "run", "shell.sock"),
                "protocol=%s\nversion=%s\npid=%d"
                        .formatted(
                                Frame.PROTOCOL, version, ProcessHandle.current().pid()),
                request -> parse(request, builtIns, Path.of(home, "shell-history")));
    }

    @Deactivate
    void close() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    private Request parse(Frame request, BuiltIns builtIns, Path history) throws ChannelFault {
        return switch (request.type()) {
            case Frame.BUILT_IN -> builtIns.parse(request.text());
            case Frame.EXECUTE -> new GogoRequest(gogo(), request.text());
            case Frame.SESSION ->
                new TerminalRequest(gogo(), session -> new CommandCompleter(services, session), history);
            default -> throw new ChannelFault("unknown request type \"" + request.type() + "\"");
        };
    }

    private CommandProcessor gogo() throws ChannelFault {
        CommandProcessor gogo = processor;
        if (gogo == null) {
            throw new ChannelFault("no commands because Gogo is not running");
        }
        return gogo;
    }

    /** Stops Weir on a new thread, because stopping this component waits for the calling thread. */
    private void stop() {
        LOG.info("stopped from the shell");
        new Thread(this::stopFramework, "weir-stop").start();
    }

    private void stopFramework() {
        try {
            context.getBundle(0).stop();
        } catch (BundleException e) {
            LOG.error("cannot stop", e);
        }
    }
}
