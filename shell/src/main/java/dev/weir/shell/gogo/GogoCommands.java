package dev.weir.shell.gogo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.felix.gogo.jline.Builtin;
import org.apache.felix.gogo.jline.Converters;
import org.apache.felix.gogo.jline.Procedural;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.Converter;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Registers the commands of Gogo's own shell, for example {@code grep} and {@code each}. The bundle {@code
 * gogo.jline} supplies their classes. It is not started because it would open a shell on the terminal of the process.
 * See docs/design/decisions/011.
 */
@Component(immediate = true)
public final class GogoCommands {
    private static final String[] BUILT_IN = {
        "format", "getopt", "new", "set", "tac", "type", "jobs", "fg", "bg", "history", "setopt", "unsetopt"
    };
    private static final String[] PROCEDURAL = {
        "each", "if", "not", "throw", "try", "until", "while", "break", "continue"
    };
    private static final String[] POSIX = {
        "cat", "clear", "date", "echo", "grep", "head", "less", "sleep", "sort", "tail", "wc"
    };

    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();

    @Activate
    public GogoCommands(BundleContext context, @Reference CommandProcessor processor) {
        register(context, new Builtin(), BUILT_IN);
        register(context, new Procedural(), PROCEDURAL);
        register(context, new PosixCommands(processor), POSIX);
        Converters converters = new Converters(context.getBundle(0).getBundleContext());
        registrations.add(context.registerService(Converter.class, converters, null));
    }

    private void register(BundleContext context, Object commands, String[] names) {
        registrations.add(context.registerService(
                Object.class,
                commands,
                FrameworkUtil.asDictionary(
                        Map.of(CommandProcessor.COMMAND_SCOPE, "gogo", CommandProcessor.COMMAND_FUNCTION, names))));
    }

    @Deactivate
    void unregister() {
        registrations.forEach(ServiceRegistration::unregister);
    }
}
