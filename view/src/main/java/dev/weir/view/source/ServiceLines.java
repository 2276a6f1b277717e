package dev.weir.view.source;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Lines of text that services publish in a property or by a supplier. */
public final class ServiceLines {
    private ServiceLines() {}

    /** Returns the strings of a property of a service; empty without such a property. */
    public static List<String> ofProperty(Map<String, Object> properties, String key) {
        return properties.get(key) instanceof String[] lines
                ? Arrays.stream(lines).filter(Objects::nonNull).toList()
                : List.of();
    }

    /** Returns the strings of a property of all services. */
    public static <S> Stream<String> ofProperties(List<Map.Entry<Map<String, Object>, S>> services, String key) {
        return services.stream().flatMap(service -> ofProperty(service.getKey(), key).stream());
    }

    /** Returns the current lines of all suppliers. */
    public static Stream<String> of(List<Supplier<List<String>>> suppliers) {
        return suppliers.stream().flatMap(each -> each.get().stream());
    }
}
