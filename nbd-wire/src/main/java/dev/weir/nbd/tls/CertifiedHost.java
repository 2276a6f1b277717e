package dev.weir.nbd.tls;

import dev.weir.log.PlainText;
import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compares a host with the subject alternative names of a server's certificate as RFC 9525 demands. A wildcard is the
 * whole first label of a name and replaces one label. The common name does not count.
 */
final class CertifiedHost {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final int MAX_SHOWN = 256;

    private CertifiedHost() {}

    /**
     * Checks a certificate.
     *
     * @param host a host name, an IPv4 address or an IPv6 address without brackets
     * @throws CertificateException if the certificate is for other hosts
     */
    static void check(X509Certificate certificate, String host) throws CertificateException {
        InetAddress address = address(host);
        List<String> others = new ArrayList<>();
        for (List<?> name : names(certificate)) {
            int type = (Integer) name.get(0);
            if ((type == DNS_NAME || type == IP_ADDRESS) && name.get(1) instanceof String text) {
                if (address == null ? type == DNS_NAME && matches(text, host) : address.equals(address(text))) {
                    return;
                }
                others.add(text);
            }
        }
        throw new CertificateException("the certificate is not for " + host + " but for "
                + (others.isEmpty() ? "no host: it has no subject alternative name" : shown(others)));
    }

    private static Collection<List<?>> names(X509Certificate certificate) throws CertificateParsingException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        return names == null ? List.of() : names;
    }

    private static String shown(List<String> names) {
        return PlainText.of(String.join(", ", names), MAX_SHOWN);
    }

    /** Returns the address of a literal. Null for a host name, which is not looked up. */
    static @Nullable InetAddress address(String host) {
        if (host.indexOf(':') < 0 && !IPV4.matcher(host).matches()) {
            return null;
        }
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static boolean matches(String certified, String host) {
        String name = ascii(host);
        if (certified.startsWith("*.")) {
            int dot = name.indexOf('.');
            return dot > 0
                    && certified.indexOf('.', 2) > 0
                    && certified.substring(1).equalsIgnoreCase(name.substring(dot));
        }
        return certified.equalsIgnoreCase(name);
    }

    /** Returns a host name in the form that certificates hold. */
    static String ascii(String host) {
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        try {
            return IDN.toASCII(name);
        } catch (IllegalArgumentException e) {
            return name;
        }
    }
}
