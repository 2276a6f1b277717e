package dev.weir.shell.remote;

import dev.weir.view.system.StatusView;
import java.io.PrintStream;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Built-in requests that work without Gogo.
 *
 * @param status returns the current status of Weir
 * @param stop stops Weir in the background
 */
record BuiltIns(Supplier<StatusView> status, Runnable stop) {

    private static final int UNHEALTHY = 3;

    /**
     * Returns a request by name.
     *
     * @throws ChannelFault if the name is unknown
     */
    Request parse(String name) throws ChannelFault {
        return switch (name) {
            case "status" -> (client, out, err) -> answer(out, StatusView::text);
            case "status --json" -> (client, out, err) -> answer(out, StatusView::json);
            case "stop" -> new Stop(stop);
            default -> throw new ChannelFault("unknown request \"" + name + "\"; there are status, stop");
        };
    }

    /** Prints the status and returns the exit status for health checks. */
    private int answer(PrintStream out, Function<StatusView, String> form) {
        StatusView now = status.get();
        print(out, form.apply(now));
        return now.isHealthy() ? 0 : UNHEALTHY;
    }

    private static int print(PrintStream out, String line) {
        out.println(line);
        return 0;
    }

    private record Stop(Runnable stop) implements Request {
        @Override
        public int run(Map<String, String> client, PrintStream out, PrintStream err) {
            return print(out, "Weir stops");
        }

        @Override
        public void answered() {
            stop.run();
        }
    }
}
