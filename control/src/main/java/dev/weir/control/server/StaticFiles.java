package dev.weir.control.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** The files of the console. They contain no data, so the page can load before it signs in. Thread-safe. */
final class StaticFiles {
    private static final String OWN = "dev/weir/control/console/";
    private static final String UPLOT = "META-INF/resources/webjars/uplot/1.6.30/dist/uPlot.";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";

    /** Permits scripts, styles and connections of this server only and nothing inline. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private record File(String resource, String type) {}

    private static final Map<String, File> FILES = Map.of(
            "/", new File(OWN + "index.html", "text/html; charset=utf-8"),
            "/console.css", new File(OWN + "console.css", STYLE),
            "/console.js", new File(OWN + "console.js", SCRIPT),
            "/api.js", new File(OWN + "api.js", SCRIPT),
            "/drive.js", new File(OWN + "drive.js", SCRIPT),
            "/format.js", new File(OWN + "format.js", SCRIPT),
            "/views.js", new File(OWN + "views.js", SCRIPT),
            "/uplot.js", new File(UPLOT + "iife.min.js", SCRIPT),
            "/uplot.css", new File(UPLOT + "min.css", STYLE));

    private StaticFiles() {}

    /** Returns whether a path is that of a file. */
    static boolean has(String path) {
        return FILES.containsKey(path);
    }

    /** Answers a request for a file. Returns false if the path is no file. */
    static boolean answer(Request request, Response response, Callback callback, String path) {
        File file = FILES.get(path);
        boolean isHead = request.getMethod().equals("HEAD");
        if (file == null || !(isHead || request.getMethod().equals("GET"))) {
            return false;
        }
        byte[] content = read(file.resource);
        if (content == null) {
            return false;
        }
        response.setStatus(200);
        HttpFields.Mutable headers = response.getHeaders();
        Answers.secure(headers);
        headers.put(HttpHeader.CONTENT_TYPE, file.type);
        headers.put(HttpHeader.CONTENT_LENGTH, content.length);
        headers.put(HttpHeader.CACHE_CONTROL, "no-cache");
        headers.put("Content-Security-Policy", POLICY);
        response.write(true, isHead ? ByteBuffer.allocate(0) : ByteBuffer.wrap(content), callback);
        return true;
    }

    private static byte @Nullable [] read(String resource) {
        try (InputStream in = StaticFiles.class.getClassLoader().getResourceAsStream(resource)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            return null;
        }
    }
}
