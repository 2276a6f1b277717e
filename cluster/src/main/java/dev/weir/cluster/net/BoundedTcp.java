package dev.weir.cluster.net;

import dev.weir.log.PlainText;
import dev.weir.log.RateLimitedLog;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.logging.Log;
import org.jgroups.protocols.TCP;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The transport over TCP with a rate limit for its warnings. Strangers who reach its port can cause each of them. */
final class BoundedTcp extends TCP {
    private static final Logger LOG = LoggerFactory.getLogger(JGroupsTransport.class);

    private final Consumer<String> lines;

    BoundedTcp() {
        this(LOG::warn);
    }

    /** Creates a transport that writes its warnings elsewhere. */
    BoundedTcp(Consumer<String> lines) {
        this.lines = lines;
        setId(ClassConfigurator.getProtocolId(TCP.class)); // JGroups knows no number of this class
    }

    @Override
    public void start() throws Exception {
        super.start();
        srv.log(bounded(srv.log(), lines));
    }

    /** Returns a log whose warnings and errors go to a rate limit. */
    static Log bounded(Log whole, Consumer<String> lines) {
        RateLimitedLog few = new RateLimitedLog("cluster: warnings of its port", lines);
        return (Log) Proxy.newProxyInstance(
                BoundedTcp.class.getClassLoader(), new Class<?>[] {Log.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("warn") || method.getName().equals("error")) {
                        few.write(() -> "cluster: " + text(arguments));
                        return null;
                    }
                    try {
                        return method.invoke(whole, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }

    /** Returns the line of a text, of a text and its failure, or of a format and its values. */
    private static String text(Object... arguments) {
        String text = String.valueOf(arguments[0]);
        if (arguments.length > 1 && arguments[1] instanceof Object[] values) {
            text = values.length == 0 ? text : text.formatted(values);
        } else if (arguments.length > 1) {
            text = text + ": " + arguments[1];
        }
        return PlainText.of(text);
    }
}
