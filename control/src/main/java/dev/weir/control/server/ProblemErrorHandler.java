package dev.weir.control.server;

import dev.weir.control.route.Problem;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Answers requests that HTTP itself rejects, for example malformed ones, with a problem and without details. */
final class ProblemErrorHandler extends ErrorHandler {

    /** Jetty alone would answer PUT, PATCH and DELETE without a body. */
    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        String detail = message == null || code >= 500 ? "the request cannot be answered" : message;
        Answers.write(request, response, callback, new Problem(code, detail).answer());
    }
}
