package dev.weir.nbd.wire;

import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.jspecify.annotations.Nullable;

/**
 * Who a client has proven to be: the subject of its certificate, the user of its pre-shared key, or nobody in
 * particular. Immutable.
 */
public final class Identity {
    /** A client that has proven nothing. */
    public static final Identity UNKNOWN = new Identity(List.of(), null);

    private final List<String> names;
    private final @Nullable X500Principal subject;

    private Identity(List<String> names, @Nullable X500Principal subject) {
        this.names = names;
        this.subject = subject;
    }

    /** The holder of a certificate that was verified. */
    public static Identity of(X509Certificate certificate) {
        X500Principal subject = certificate.getSubjectX500Principal();
        RDN[] commonNames = X500Name.getInstance(subject.getEncoded()).getRDNs(BCStyle.CN);
        List<String> names = commonNames.length == 0
                ? List.of()
                : List.of(IETFUtils.valueToString(commonNames[0].getFirst().getValue()));
        return new Identity(names, subject);
    }

    /** The user of a pre-shared key. */
    public static Identity of(String user) {
        return new Identity(List.of(user), null);
    }

    /**
     * Returns whether it is on a list.
     *
     * @param clients common names of certificates, users of pre-shared keys, and whole subjects of certificates
     *     ({@code CN=vm1,O=Example}), of which upper and lower case do not matter
     */
    public boolean isOneOf(Collection<String> clients) {
        return clients.stream().anyMatch(this::is);
    }

    private boolean is(String client) {
        return names.contains(client) || (subject != null && subject.equals(subjectOrNull(client)));
    }

    private static @Nullable X500Principal subjectOrNull(String client) {
        try {
            return client.indexOf('=') < 0 ? null : new X500Principal(client);
        } catch (IllegalArgumentException e) {
            return null; // a name that happens to have a '=' in it
        }
    }

    /** Returns the name for the log, without control characters. */
    @Override
    public String toString() {
        String name = subject != null ? subject.getName() : String.join("", names);
        return name.isEmpty() ? "unknown" : name.replaceAll("\\p{Cntrl}", "?");
    }
}
