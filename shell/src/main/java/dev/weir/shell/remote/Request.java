package dev.weir.shell.remote;

import java.io.PrintStream;
import java.util.Map;

/** What a client asked for, to be done while it waits. */
interface Request {

    /**
     * Does it. Interrupted if the client goes away.
     *
     * @param client what the client said of itself in its hello
     * @return the exit status
     */
    int run(Map<String, String> client, PrintStream out, PrintStream err);

    /**
     * Takes what the client sends while it is done, on another thread; must not block.
     *
     * @throws ChannelFault if that is too much
     */
    default void received(Frame frame) throws ChannelFault {}

    /** Called when the client is gone, before the thread that does it is interrupted. */
    default void abandoned() {}

    /** Called after it was done, when the client has its whole answer or is gone. */
    default void answered() {}

    /** Finds out what is asked for. */
    @FunctionalInterface
    interface Parser {
        /**
         * Returns what a frame asks for.
         *
         * @throws ChannelFault if nobody knows
         */
        Request parse(Frame frame) throws ChannelFault;
    }
}
