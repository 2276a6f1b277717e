package dev.weir.nbd.wire;

import dev.weir.log.PlainText;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.jspecify.annotations.Nullable;

/**
 * The proven name of a client: the subject of its certificate or the user of its pre-shared key. Immutable.
 *
 * <p>The common name of a subject is its only attribute of that type at any position. Subject alternative names are
 * ignored. See {@code docs/design/decisions/020-tls.md}.
 */
public final class Identity {
    /** A client without a proven name. */
    public static final Identity UNKNOWN = new Identity(null, null);

    private static final int MAX_SHOWN = 256;

    /** The common name or the user. */
    private final @Nullable String name;

    private final @Nullable X500Principal subject;

    private Identity(@Nullable String name, @Nullable X500Principal subject) {
        this.name = name;
        this.subject = subject;
    }

    /**
     * Returns the subject of a validated certificate.
     *
     * @throws CertificateException if the subject has several common names or one that is not text
     */
    public static Identity of(X509Certificate certificate) throws CertificateException {
        X500Principal subject = certificate.getSubjectX500Principal();
        List<AttributeTypeAndValue> names = Stream.of(parts(subject))
                .flatMap(rdn -> Stream.of(rdn.getTypesAndValues()))
                .filter(attribute -> attribute.getType().equals(BCStyle.CN))
                .toList();
        if (names.size() > 1) {
            throw new CertificateException("the certificate's subject has " + names.size()
                    + " common names: it must have one at most because drives list clients by it");
        }
        return new Identity(names.isEmpty() ? null : text(names.get(0)), subject);
    }

    private static String text(AttributeTypeAndValue attribute) throws CertificateException {
        try {
            if (attribute.getValue() instanceof ASN1String text) {
                return text.getString();
            }
        } catch (IllegalArgumentException e) {
            throw new CertificateException("the common name of the certificate's subject is not UTF-8", e);
        }
        throw new CertificateException("the common name of the certificate's subject is not text");
    }

    private static RDN[] parts(X500Principal subject) {
        return X500Name.getInstance(subject.getEncoded()).getRDNs();
    }

    /** Returns the user of a pre-shared key. */
    public static Identity of(String user) {
        return new Identity(user, null);
    }

    /**
     * Returns whether the client is on a list.
     *
     * @param clients common names of certificates, users of pre-shared keys and whole subjects of certificates
     *     ({@code CN=vm1,O=Example}). Subjects are compared without regard to case.
     */
    public boolean isOneOf(Collection<String> clients) {
        return clients.stream().anyMatch(this::is);
    }

    /**
     * Returns whether the client has this name. A listed subject matches subjects only because a common name may look
     * like one.
     */
    private boolean is(String client) {
        X500Principal listed = subjectOrNull(client);
        return (subject == null || listed == null)
                ? client.equals(name)
                : Arrays.equals(parts(listed), parts(subject), Identity::compare);
    }

    /**
     * Returns 0 if two parts are equal. The JDK's comparison would also match look-alikes such as full-width letters.
     */
    private static int compare(RDN one, RDN other) {
        return IETFUtils.rDNAreEqual(one, other) ? 0 : 1;
    }

    private static @Nullable X500Principal subjectOrNull(String client) {
        try {
            return client.indexOf('=') < 0 ? null : new X500Principal(client);
        } catch (IllegalArgumentException e) {
            return null; // a common name with a '=' in it
        }
    }

    /** Returns the name in a printable form for logs. */
    @Override
    public String toString() {
        String shown = subject != null ? subject.getName() : name;
        return shown == null || shown.isEmpty() ? "unknown" : PlainText.of(shown, MAX_SHOWN);
    }
}
