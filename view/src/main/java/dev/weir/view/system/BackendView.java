package dev.weir.view.system;

import dev.weir.block.BlockFactory;
import dev.weir.block.BlockOption;
import dev.weir.view.Listing;
import dev.weir.view.text.Column;
import dev.weir.view.text.Table;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An installed backend type.
 *
 * @param type the value for the setting {@code type} of a drive's backend
 * @param options its other options with {@code name}, {@code required}, {@code description} and {@code kind}:
 *     {@code bytes}, {@code count}, {@code duration}, {@code path}, {@code flag}, {@code text} or {@code object}
 */
public record BackendView(String type, List<BlockOption> options) {

    private static final Table<BackendView> TABLE = new Table<>(
            "no backends",
            List.of(
                    Column.left("TYPE", BackendView::type),
                    Column.words("OPTIONS", backend -> usage(backend.options))));

    private static BackendView of(BlockFactory factory) {
        return new BackendView(factory.type(), List.copyOf(factory.options()));
    }

    /** Returns options as in a usage line. */
    static String usage(List<BlockOption> options) {
        return options.stream().map(BackendView::usage).collect(Collectors.joining(" "));
    }

    /** Returns an option as in a usage line. An optional one is in brackets. */
    private static String usage(BlockOption option) {
        String usage = option.name() + "=" + option.kind();
        return option.required() ? usage : "[" + usage + "]";
    }

    /** Returns the types by name. */
    public static Listing<BackendView> list(List<BlockFactory> factories) {
        return new Listing<>(
                TABLE,
                factories.stream()
                        .sorted(Comparator.comparing(BlockFactory::type))
                        .map(BackendView::of)
                        .toList());
    }
}
