package dev.weir.shell.command;

import dev.weir.drive.control.DriveControl;
import dev.weir.fault.FaultSettings;
import dev.weir.fault.PowerCut;
import dev.weir.fault.PowerCutReport;
import dev.weir.shell.session.Caller;
import dev.weir.shell.syntax.CommandFault;
import dev.weir.shell.syntax.CommandSyntax;
import dev.weir.view.PowerCutView;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The command {@code power-cut}. It is a function of Gogo because no method can have this name. It returns {@link
 * PowerCutView}.
 *
 * <p>Thread-safe.
 */
@Component(
        service = PowerCutCommand.class,
        property = {"osgi.command.scope=weir", "osgi.command.function=power-cut"})
public final class PowerCutCommand implements Function {
    private static final String POWER_CUT =
            """
            cuts the power of a drive: unflushed writes are lost, clients disconnected

            Usage: power-cut NAME [KEY=VALUE...] [--json]

            keep=none                 all unflushed writes are lost (default); prefix keeps all up to a
                                      random one, random keeps each with probability 1/2, all keeps all
            tear=512 or tear=4096     a write can survive in part, in units of so many bytes
            seed=42                   the same seed loses the same writes
            after=5s                  how long the drive stays off; default: no time

            Flushed writes and those with force unit access survive. The drive needs "power-cut = on" in
            its faults, or "fault NAME power-cut=on". The answer lists the lost ranges.

            """
                    + CommandSyntax.OPTIONS;

    /** How long the command waits for the drive beyond the time that it stays off (seconds). */
    private static final long PATIENCE_SECONDS = 30;

    private final Services services;

    /** Creates the command for the drives of {@code services}. */
    @Activate
    public PowerCutCommand(@Reference Services services) {
        this.services = services;
    }

    @Override
    @Descriptor(POWER_CUT)
    public Object execute(CommandSession session, List<Object> arguments) {
        return answer(arguments.stream().map(Objects::toString).toArray(String[]::new));
    }

    Object answer(String... words) {
        return CommandSyntax.of(POWER_CUT).answer(words, args -> {
            DriveControl drive = services.drive(args.get(0));
            PowerCut how = PowerCut.of(FaultSettings.settings(args.subList(1, args.size())));
            CompletableFuture<PowerCutReport> report =
                    drive.faults().cutPower(how).toCompletableFuture();
            Caller.log("cut the power of drive {}", drive.name());
            return PowerCutView.of(drive.name(), await(report, how));
        });
    }

    private static PowerCutReport await(CompletableFuture<PowerCutReport> report, PowerCut how) {
        try {
            return report.get(how.afterNanos() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFault("interrupted; the power cut goes on", e);
        } catch (TimeoutException e) {
            throw new CommandFault("the drive is not back yet; \"drives\" tells why", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new CommandFault("the power cut failed: " + (cause == null ? e : cause).getMessage(), e);
        }
    }
}
