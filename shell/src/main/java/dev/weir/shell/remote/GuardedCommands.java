package dev.weir.shell.remote;

import dev.weir.shell.command.CommandFault;
import java.util.Map;
import org.apache.felix.service.command.Function;
import org.jspecify.annotations.Nullable;

/**
 * Commands of the OSGi framework that can take drives down. By their short names, which are easily meant for a drive, they
 * are refused; with their scope ({@code felix:stop 12}) they run.
 */
final class GuardedCommands {
    private static final Map<String, String> EFFECTS = Map.of(
            "stop", "stops bundles, and drives with them",
            "uninstall", "removes bundles, and drives with them",
            "refresh", "stops and starts bundles, and drives with them",
            "bundlelevel", "can stop bundles, and drives with them",
            "frameworklevel", "can stop bundles, and drives with them",
            "disable", "ends components, and drives with them");

    private GuardedCommands() {}

    /** Returns what stands for a command, or null if it is not guarded. */
    static @Nullable Function find(String name) {
        String effect = EFFECTS.get(name);
        return effect == null
                ? null
                : (session, arguments) -> {
                    String scope = name.equals("disable") ? "scr" : "felix";
                    String other = name.equals("stop") ? "; \"weir stop\", outside of this shell, stops Weir" : "";
                    throw new CommandFault(
                            "\"%s\" is a command of the OSGi framework that %s; if that is meant, say %s:%s%s"
                                    .formatted(name, effect, scope, name, other));
                };
    }
}
