package dev.weir.shell.remote;

import java.io.PrintStream;
import java.util.Map;

/** A client's request, executed while the client waits. */
interface Request {

    /**
     * Executes the request. The thread is interrupted if the client disconnects.
     *
     * @param client the properties of the client's hello
     * @param out the client's standard output
     * @param err the client's standard error
     * @return the exit status
     */
    int run(Map<String, String> client, PrintStream out, PrintStream err);

    /**
     * Handles a frame that arrives during execution. Called on another thread and must not block.
     *
     * @throws ChannelFault if the client sends more than the request can buffer
     */
    default void received(Frame frame) throws ChannelFault {}

    /** Called when the client is gone, before the executing thread is interrupted. */
    default void abandoned() {}

    /** Called after execution, when the client has its whole answer or is gone. */
    default void answered() {}

    /** Parses requests. */
    @FunctionalInterface
    interface Parser {
        /**
         * Returns the request of a frame.
         *
         * @throws ChannelFault if the request is unknown or cannot be executed now
         */
        Request parse(Frame frame) throws ChannelFault;
    }
}
