package dev.weir.shell.command;

import dev.weir.shell.view.View;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;

/**
 * Shows what commands return as text that fits the terminal: as many cells as the session's variable
 * {@code COLUMNS} says. What goes into a pipe is not cut, so that {@code grep} sees all of it.
 */
@Component(property = Converter.CONVERTER_CLASSES + "=dev.weir.shell.view.View")
public final class ViewConverter implements Converter {

    @Override
    public @Nullable Object convert(Class<?> desiredType, Object in) {
        return null;
    }

    @Override
    public @Nullable CharSequence format(Object target, int level, Converter escape) {
        return target instanceof View view && level == INSPECT ? view.text(width(escape)) : null;
    }

    /** The converter that Gogo hands over for parts of a whole is the session. */
    private static int width(Converter escape) {
        return escape instanceof CommandSession session ? SessionTerminal.columns(session) : Integer.MAX_VALUE;
    }
}
