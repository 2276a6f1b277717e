package dev.weir.shell.gogo;

import dev.weir.block.BlockError;
import dev.weir.fault.Fault;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The words of faults and power cuts for completion. */
final class FaultWords {
    private FaultWords() {}

    /** Returns the keys. After a key, returns the words that it can have. */
    static Stream<String> candidates(List<String> keys, String word) {
        int equals = word.indexOf('=');
        if (equals < 0) {
            return keys.stream().map(key -> key + "=");
        }
        String key = word.substring(0, equals);
        int comma = word.lastIndexOf(',');
        String start = word.substring(0, comma < 0 ? equals + 1 : comma + 1);
        Stream<String> values =
                switch (key) {
                    case "on" -> Fault.operationWords().stream();
                    case "error" -> Arrays.stream(BlockError.values()).map(BlockError::name);
                    case "when" -> Stream.of("before", "after");
                    case "until" -> Stream.of("written");
                    case "hang" -> Stream.of("until-cleared");
                    case "sticky" -> Stream.of("true", "false");
                    case "keep" -> Stream.of("none", "prefix", "random", "all");
                    case "tear" -> Stream.of("512", "4096");
                    default -> Stream.empty();
                };
        return values.map(value -> start + value);
    }
}
