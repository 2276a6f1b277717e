package dev.weir.shell.remote;

import dev.weir.shell.command.Status;
import java.io.PrintStream;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The requests that need no Gogo.
 *
 * @param status how this Weir stands
 * @param stop stops it, in the background
 */
record BuiltIns(Supplier<Status> status, Runnable stop) {

    /**
     * Returns what a client asks for.
     *
     * @throws ChannelFault if there is no such request
     */
    Request parse(String name) throws ChannelFault {
        return switch (name) {
            case "status" -> (client, out, err) -> print(out, status.get().text());
            case "status --json" ->
                (client, out, err) -> print(out, status.get().json());
            case "stop" -> new Stop(stop);
            default -> throw new ChannelFault("no request \"" + name + "\"; there are status, stop");
        };
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
