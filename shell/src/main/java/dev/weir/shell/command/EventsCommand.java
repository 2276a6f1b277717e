package dev.weir.shell.command;

import dev.weir.access.ControlAccess;
import dev.weir.shell.syntax.CommandFault;
import dev.weir.shell.syntax.CommandSyntax;
import dev.weir.view.system.EventView;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code events}, which lists recent changes of state. Returns {@link EventView}. Thread-safe. */
@Component(
        service = EventsCommand.class,
        property = {"osgi.command.scope=weir", "osgi.command.function=events"})
public final class EventsCommand {
    private static final String EVENTS =
            """
            lists the recent events: changes of state and settings, faults, long waits, reloads

            Usage: events [--json]

            The oldest is first and the last 1000 are kept. Events are recorded while "control.listen" is
            set; the HTTP API streams them.

            """
                    + CommandSyntax.OPTIONS;

    private final Services services;

    /** Creates the command for the events of {@code services}. */
    @Activate
    public EventsCommand(@Reference Services services) {
        this.services = services;
    }

    @Descriptor(EVENTS)
    public Object events(String... words) {
        return CommandSyntax.of(EVENTS).answer(words, args -> {
            ControlAccess api = services.access;
            if (api == null) {
                throw new CommandFault("no events are recorded; control.listen in the configuration turns them on");
            }
            return EventView.list(EventView.after(api.events(), 0));
        });
    }
}
