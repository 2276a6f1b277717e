package dev.weir.shell.command;

import dev.weir.block.BlockOption;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.definition.Definition.Kind;
import dev.weir.shell.session.Caller;
import dev.weir.shell.syntax.CommandFault;
import dev.weir.shell.syntax.CommandSyntax;
import dev.weir.unit.Measure;
import dev.weir.view.text.LimitValues;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.felix.service.command.Descriptor;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code resize}, which changes the size of a drive. Thread-safe. */
@Component(
        service = ResizeCommand.class,
        property = {"osgi.command.scope=weir", "osgi.command.function=resize"})
public final class ResizeCommand {
    private static final String RESIZE =
            """
            changes the size of a drive while it is used

            Usage: resize NAME SIZE [--shrink] [--save] [--json]

            SIZE is the new size in bytes: 20G, 20GiB, 20GB. "+5G" grows the drive by that much.
            Requests wait meanwhile. New bytes read as zeroes. Clients see the new size when they
            connect again. A block device or a remote export is resized where it is; the command then
            takes over its new size. Put the new size into the file as well, if the file has one.

                 --shrink   permits a smaller size; the bytes beyond it are lost
                 --save     keeps the size in weir.d in the home
            """
                    + CommandSyntax.OPTIONS;

    /** How long the command waits for requests in flight and for the storage (seconds). */
    private static final long SECONDS = 60;

    private final Services services;

    /** Creates the command for the drives of {@code services}. */
    @Activate
    public ResizeCommand(@Reference Services services) {
        this.services = services;
    }

    @Descriptor(RESIZE)
    public Object resize(String... words) {
        CommandSyntax usage = CommandSyntax.of(RESIZE);
        Object answer = usage.answerWith(words, options -> {
            DriveControl drive = services.drive(options.args().get(0));
            DriveSnapshot before = drive.snapshot();
            long size = size(options.args().get(1), before.size());
            if (size < before.size() && !options.isSet("shrink")) {
                throw new CommandFault(
                        ("size = %s: is less than the %s of drive %s, and the bytes beyond it would be lost;"
                                        + " --shrink permits that")
                                .formatted(Measure.sizeText(size), Measure.sizeText(before.size()), drive.name()));
            }
            DefinitionWords definitions = new DefinitionWords(services);
            boolean isSaved = options.isSet("save");
            if (isSaved) {
                definitions.check(Kind.DRIVE, drive.name(), size < before.size() ? Map.of() : saved(size));
            }
            await(drive.name(), drive.resize(size, options.isSet("shrink")).toCompletableFuture());
            Caller.log(
                    "resized drive {} from {} to {}",
                    drive.name(),
                    Measure.sizeText(before.size()),
                    Measure.sizeText(size));
            if (isSaved) {
                definitions.save(Kind.DRIVE, drive.name(), saved(size));
            }
            return services.view(drive);
        });
        return Objects.requireNonNull(answer);
    }

    private static Map<String, @Nullable Object> saved(long size) {
        return Map.of("backend." + BlockOption.SIZE, size);
    }

    private static long size(String text, long before) {
        boolean isAdded = text.startsWith("+");
        long size = LimitValues.parse(BlockOption.SIZE, isAdded ? text.substring(1) : text);
        if (isAdded && size > Long.MAX_VALUE - before) {
            throw new CommandFault("size = %s: the drive of %s must not grow beyond %s"
                    .formatted(text, Measure.sizeText(before), Measure.sizeText(Long.MAX_VALUE)));
        }
        return isAdded ? before + size : size;
    }

    private static void await(String drive, CompletableFuture<?> resized) {
        try {
            resized.get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new CommandFault(String.valueOf(cause.getMessage()), e);
        } catch (TimeoutException e) {
            throw new CommandFault(
                    ("drive %s still has requests in flight after %d s; its size changes when they have ended, and"
                                    + " its other requests wait")
                            .formatted(drive, SECONDS),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFault("interrupted; the size changes when the requests in flight have ended", e);
        }
    }
}
