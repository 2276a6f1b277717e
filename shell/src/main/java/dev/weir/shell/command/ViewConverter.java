package dev.weir.shell.command;

import dev.weir.shell.session.SessionTerminal;
import dev.weir.view.View;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;

/**
 * Converts command results to text that fits the terminal (session variable {@code COLUMNS}). Output into a pipe is
 * not cut, so {@code grep} searches all of it. See docs/design/decisions/011.
 */
@Component(property = Converter.CONVERTER_CLASSES + "=dev.weir.view.View")
public final class ViewConverter implements Converter {

    @Override
    public @Nullable Object convert(Class<?> desiredType, Object in) {
        return null;
    }

    @Override
    public @Nullable CharSequence format(Object target, int level, Converter escape) {
        return target instanceof View view && level == INSPECT ? view.text(width(escape)) : null;
    }

    /** Returns the width of the session's terminal. Gogo passes the session as the converter of nested values. */
    private static int width(Converter escape) {
        return escape instanceof CommandSession session ? SessionTerminal.columns(session) : Integer.MAX_VALUE;
    }
}
