package dev.weir.shell.gogo;

import dev.weir.shell.syntax.CommandFault;
import java.util.Map;
import org.apache.felix.service.command.Function;
import org.jspecify.annotations.Nullable;

/**
 * Guards commands of the OSGi framework that can take drives down. Short names are refused because {@code stop vm1}
 * is easily typed. With their scope ({@code felix:stop 12}) the commands run. See docs/design/decisions/011.
 */
final class GuardedCommands {
    private static final Map<String, String> EFFECTS = Map.of(
            "stop", "stops bundles and their drives",
            "uninstall", "removes bundles and their drives",
            "refresh", "restarts bundles and their drives",
            "bundlelevel", "can stop bundles, and drives with them",
            "frameworklevel", "can stop bundles, and drives with them",
            "disable", "disables components and their drives");

    private GuardedCommands() {}

    /** Returns the refusal of a guarded command; null if the command is not guarded. */
    static @Nullable Function find(String name) {
        String effect = EFFECTS.get(name);
        return effect == null
                ? null
                : (session, arguments) -> {
                    String scope = name.equals("disable") ? "scr" : "felix";
                    String other = name.equals("stop") ? "; \"weir stop\" outside of this shell stops Weir" : "";
                    throw new CommandFault("\"%s\" is a command of the OSGi framework that %s; use %s:%s to run it%s"
                            .formatted(name, effect, scope, name, other));
                };
    }
}
