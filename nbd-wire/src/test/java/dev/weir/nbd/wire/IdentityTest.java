package dev.weir.nbd.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.nbd.tls.TestKeys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Subjects of certificates from openssl, some of which imitate another client. */
class IdentityTest {

    private static X509Certificate certificate(String subject) throws IOException, CertificateException {
        try (InputStream pem = Files.newInputStream(TestKeys.file("subject-" + subject + ".pem"))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
        }
    }

    private static Identity identity(String subject) throws IOException, CertificateException {
        return Identity.of(certificate(subject));
    }

    @Test
    void commonNameIsFoundByItsType() throws Exception {
        Identity mallory = identity("ou-first"); // OU=bob+CN=mallory

        assertTrue(mallory.isOneOf(List.of("mallory")));
        assertFalse(mallory.isOneOf(List.of("bob")));
        assertTrue(mallory.isOneOf(List.of("O=Example,CN=mallory+OU=bob", "O=Example,OU=bob+CN=mallory")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"two-cns", "two-cns-in-one"})
    void severalCommonNamesAreRefused(String subject) throws Exception {
        X509Certificate certificate = certificate(subject);

        CertificateException refusal = assertThrows(CertificateException.class, () -> Identity.of(certificate));

        assertTrue(
                String.valueOf(refusal.getMessage()).contains("has 2 common names: it must have one at most"),
                refusal.getMessage());
    }

    @Test
    void subjectWithoutACommonNameIsListedWhole() throws Exception {
        Identity nameless = identity("no-cn");

        assertFalse(nameless.isOneOf(List.of("bob", "Example", "", "null", "unknown")));
        assertTrue(nameless.isOneOf(List.of("OU=bob,O=Example")));
    }

    @Test
    void commonNameIsComparedAsItIsWritten() throws Exception {
        assertTrue(identity("comma").isOneOf(List.of("smith, john")));
        assertFalse(identity("comma").isOneOf(List.of("smith\\, john")));
    }

    @Test
    void subjectLikeCommonNameIsNoSubject() throws Exception {
        assertFalse(identity("subject-in-cn").isOneOf(List.of("CN=alice,O=Example")));
    }

    @Test
    void lookAlikeSubjectIsAnother() throws Exception {
        assertFalse(identity("look-alike").isOneOf(List.of("CN=alice,O=Example", "alice")));
        assertTrue(identity("look-alike").isOneOf(List.of("CN=\uff41lice,O=Example")));
    }

    @Test
    void onlySubjectsIgnoreCase() throws Exception {
        assertTrue(identity("upper").isOneOf(List.of("cn=alice, o=example")));
        assertFalse(identity("upper").isOneOf(List.of("alice")));
        assertFalse(identity("upper").isOneOf(List.of("O=EXAMPLE,CN=Alice")));
    }

    @Test
    void userOfAKeyIsNoSubject() {
        assertTrue(Identity.of("bob").isOneOf(List.of("bob")));
        assertFalse(Identity.of("bob").isOneOf(List.of("CN=bob")));
        assertTrue(Identity.of("a=b").isOneOf(List.of("a=b")));
    }

    @ParameterizedTest
    @CsvSource({"ou-first, 'O=Example,CN=mallory+OU=bob'", "right-to-left, CN=evil?gnp?31m"})
    void logShowsOnlyPlainText(String subject, String shown) throws Exception {
        assertEquals(shown, identity(subject).toString().replace("OU=bob+CN=mallory", "CN=mallory+OU=bob"));
    }
}
