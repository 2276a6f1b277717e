package dev.weir.cluster;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The address {@code HOST:PORT} at which a host of a cluster listens.
 *
 * <p>Immutable.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets, which may have a zone
 * @param port from 1 to 65535
 */
public record MemberAddress(String host, int port) {

    /** The rule that {@link #parse} checks, for messages. */
    public static final String RULE = "must be HOST:PORT, an IPv6 address in brackets, the port from 1 to 65535";

    private static final Pattern FORM =
            Pattern.compile("(?:([A-Za-z0-9._-]+)|\\[([0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?)]):(\\d{1,5})");
    private static final int HIGHEST_PORT = 65_535;

    /**
     * {@return the address of a text; null if it violates {@link #RULE}} The host is not looked up.
     *
     * @param text the address; an IPv6 address is in brackets
     */
    public static @Nullable MemberAddress parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return null;
        }
        int port = Integer.parseInt(form.group(3));
        String host = form.group(1) == null ? form.group(2) : form.group(1);
        return port >= 1 && port <= HIGHEST_PORT ? new MemberAddress(host, port) : null;
    }
}
