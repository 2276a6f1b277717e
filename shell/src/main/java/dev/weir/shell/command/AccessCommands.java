package dev.weir.shell.command;

import dev.weir.access.AccessToken;
import dev.weir.access.ControlAccess;
import dev.weir.shell.session.Caller;
import dev.weir.shell.syntax.CommandFault;
import dev.weir.shell.syntax.CommandSyntax;
import dev.weir.view.Listing;
import dev.weir.view.View;
import dev.weir.view.text.Column;
import dev.weir.view.text.Table;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The commands for users of the HTTP API and the console. They return {@link TokenView}, {@link SecretView} and {@link
 * LinkView}.
 *
 * <p>Thread-safe.
 */
@Component(
        service = AccessCommands.class,
        property = {"osgi.command.scope=weir", "osgi.command.function=token", "osgi.command.function=console"})
public final class AccessCommands {
    private static final String TOKEN =
            """
            lists, adds or revokes the tokens of the HTTP API

            Usage: token [CHANGE] [NAME] [--read-only] [--json]

            token                     lists the tokens
            token add NAME            adds a token and shows its secret, once
            token revoke NAME         refuses a token from now on

            Requests over TCP need a token: "Authorization: Bearer SECRET". The Unix socket needs none.

                 --read-only   adds a token that permits no change
            """
                    + CommandSyntax.OPTIONS;

    private static final String CONSOLE =
            """
            makes a link to the web console, which can be used once within five minutes

            Usage: console [--json]

            The console needs a TCP address in "control.listen". The link has a line for each address.

            """
                    + CommandSyntax.OPTIONS;

    /**
     * A token of the HTTP API.
     *
     * @param name the name of its user
     * @param access {@code admin} or {@code read-only}
     * @param created the time of its creation (UTC)
     */
    record TokenView(String name, String access, String created) {
        private static final Table<TokenView> TABLE = new Table<>(
                "no tokens",
                List.of(
                        Column.left("NAME", TokenView::name),
                        Column.left("ACCESS", TokenView::access),
                        Column.left("CREATED", TokenView::created)));

        static TokenView of(AccessToken token) {
            return new TokenView(
                    token.name(),
                    AccessCommands.access(token.readOnly()),
                    Instant.ofEpochMilli(token.createdMillis())
                            .truncatedTo(ChronoUnit.SECONDS)
                            .toString());
        }
    }

    /**
     * A new token.
     *
     * @param name the name of its user
     * @param access {@code admin} or {@code read-only}
     * @param secret the value for the header {@code Authorization: Bearer}
     */
    record SecretView(String name, String access, String secret) implements View {
        @Override
        public String text(int width) {
            return secret;
        }
    }

    /**
     * A link to the console.
     *
     * @param url its address, which holds a one-time code
     */
    record LinkView(String url) {
        private static final Table<LinkView> TABLE = new Table<>("no links", List.of(Column.left("", LinkView::url)));
    }

    private final Services services;

    /** Creates the commands for the API of {@code services}. */
    @Activate
    public AccessCommands(@Reference Services services) {
        this.services = services;
    }

    private static String access(boolean readOnly) {
        return readOnly ? "read-only" : "admin";
    }

    private ControlAccess api() {
        ControlAccess access = services.access;
        if (access == null) {
            throw new CommandFault(
                    "the HTTP API is off; set control.listen in the configuration, for example \"tcp:127.0.0.1:8470\"");
        }
        return access;
    }

    @Descriptor(TOKEN)
    public Object token(String... words) {
        CommandSyntax usage = CommandSyntax.of(TOKEN);
        return Objects.requireNonNull(usage.answerWith(words, options -> {
            List<String> args = options.args();
            String action = args.isEmpty() ? "list" : args.get(0);
            boolean readOnly = options.isSet("read-only");
            boolean isAdd = action.equals("add");
            if (!List.of("list", "add", "revoke").contains(action)) {
                throw usage.fault("CHANGE = " + action + ": must be list, add or revoke");
            }
            if (args.size() != (action.equals("list") ? Math.min(args.size(), 1) : 2)) {
                throw usage.fault(action.equals("list") ? "list takes no NAME" : action + " needs a NAME");
            }
            if (readOnly && !isAdd) {
                throw usage.fault("--read-only is for add");
            }
            try {
                return answer(action, action.equals("list") ? "" : args.get(1), readOnly);
            } catch (IOException e) {
                throw new CommandFault("the file of tokens cannot be used: " + e.getMessage(), e);
            }
        }));
    }

    private Object answer(String action, String name, boolean readOnly) throws IOException {
        if (action.equals("add")) {
            String secret = api().add(name, readOnly);
            Caller.log("added the token {} ({})", name, access(readOnly));
            return new SecretView(name, access(readOnly), secret);
        }
        if (action.equals("revoke")) {
            api().revoke(name);
            Caller.log("revoked the token {}", name);
        }
        return new Listing<>(
                TokenView.TABLE, api().tokens().stream().map(TokenView::of).toList());
    }

    @Descriptor(CONSOLE)
    public Object console(String... words) {
        return CommandSyntax.of(CONSOLE).answer(words, args -> {
            try {
                List<LinkView> links =
                        api().consoleLinks().stream().map(LinkView::new).toList();
                Caller.log("made a link to the console");
                return new Listing<>(LinkView.TABLE, links);
            } catch (IllegalStateException e) {
                throw new CommandFault(String.valueOf(e.getMessage()), e);
            }
        });
    }
}
