package dev.weir.nbd;

import static dev.weir.nbd.HandshakeTest.FLAGS;
import static dev.weir.nbd.NbdClient.infoData;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.Drive;
import dev.weir.nbd.Handshake.Step;
import dev.weir.nbd.wire.Identity;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the handshake says before TLS, instead of it, and over it. */
class HandshakeTlsTest {
    private final Drive vm1 = new MemoryDrive("vm1", 1 << 20, false);
    private final Drive golden = new MemoryDrive("gölden", 4096, true);
    private final Exports exports = new Exports();

    @BeforeEach
    void offerADriveForAllAndOneForAlice() {
        exports.add(vm1);
        exports.add(golden, Set.of("alice"));
    }

    @Test
    void requiredTlsComesBeforeAllButAbort() {
        Handshake required = greeted(new Handshake(HandshakeTest.all(exports), TlsMode.REQUIRED));
        for (int option : new int[] {0, Nbd.NBD_OPT_LIST, Nbd.NBD_OPT_INFO, Nbd.NBD_OPT_GO, 8, 9, 10, 11, 12345}) {
            assertEquals(Step.TAKEN, take(required, option, infoData("vm1")));
            assertEquals(List.of(Nbd.NBD_REP_ERR_TLS_REQD), answers(required));
        }
        assertEquals(Step.STARTTLS, take(required, Nbd.NBD_OPT_STARTTLS));
        assertEquals(List.of(Nbd.NBD_REP_ACK), answers(required));

        Handshake leaving = greeted(new Handshake(HandshakeTest.all(exports), TlsMode.REQUIRED));
        assertEquals(Step.ABORTED, take(leaving, Nbd.NBD_OPT_ABORT));
        Handshake hasty = greeted(new Handshake(HandshakeTest.all(exports), TlsMode.REQUIRED));
        assertEquals(Step.REFUSED, take(hasty, Nbd.NBD_OPT_EXPORT_NAME, "vm1".getBytes(UTF_8)));
        assertTrue(hasty.fault().contains("TLS"), hasty.fault());
    }

    @Test
    void tlsThatIsOffIsAMatterOfPolicy() {
        Handshake off = greeted(new Handshake(HandshakeTest.all(exports), TlsMode.OFF));

        assertEquals(Step.TAKEN, take(off, Nbd.NBD_OPT_STARTTLS));
        assertEquals(List.of(Nbd.NBD_REP_ERR_POLICY), answers(off));
    }

    @Test
    void tlsNeedsFixedNewstyle() {
        Handshake old = new Handshake(HandshakeTest.all(exports), TlsMode.OPTIONAL);
        old.output();
        old.take(ByteBuffer.allocate(4).putInt(Nbd.NBD_FLAG_C_NO_ZEROES).flip());

        assertEquals(Step.TAKEN, take(old, Nbd.NBD_OPT_STARTTLS));
        assertEquals(List.of(Nbd.NBD_REP_ERR_POLICY), answers(old));
    }

    /** A drive for some is not told from one that is not there: neither before TLS nor over it. */
    @Test
    void optionalTlsHidesDrivesThatAreForSome() {
        Handshake optional = greeted(new Handshake(HandshakeTest.all(exports), TlsMode.OPTIONAL));
        for (String name : List.of("gölden", "nothing")) {
            assertEquals(Step.TAKEN, take(optional, Nbd.NBD_OPT_GO, infoData(name)));
            assertEquals(List.of(Nbd.NBD_REP_ERR_TLS_REQD), answers(optional));
        }
        take(optional, Nbd.NBD_OPT_LIST);
        assertEquals(List.of(Nbd.NBD_REP_SERVER, Nbd.NBD_REP_ACK), answers(optional));
        take(optional, Nbd.NBD_OPT_STARTTLS, (byte) 0);
        assertEquals(List.of(Nbd.NBD_REP_ERR_INVALID), answers(optional));

        Handshake bob = overTls(optional, "bob");
        for (String name : List.of("gölden", "nothing")) {
            assertEquals(Step.TAKEN, take(bob, Nbd.NBD_OPT_GO, infoData(name)));
            assertEquals(List.of(Nbd.NBD_REP_ERR_UNKNOWN), answers(bob));
        }
        Handshake alice = overTls(optional, "alice");
        assertEquals(Step.TRANSMISSION, take(alice, Nbd.NBD_OPT_GO, infoData("gölden")));
        assertSame(golden, alice.agreement().drive());
    }

    @Test
    void whatWasNegotiatedBeforeTlsIsForgotten() {
        Handshake optional = greeted(new Handshake(HandshakeTest.all(exports), TlsMode.OPTIONAL));
        take(optional, Nbd.NBD_OPT_STRUCTURED_REPLY);
        assertEquals(List.of(Nbd.NBD_REP_ACK), answers(optional));
        assertEquals(Step.STARTTLS, take(optional, Nbd.NBD_OPT_STARTTLS));

        Handshake secure = overTls(optional, "alice");
        assertEquals(0, secure.output().length);
        take(secure, Nbd.NBD_OPT_STARTTLS);
        assertEquals(List.of(Nbd.NBD_REP_ERR_INVALID), answers(secure));
        take(secure, Nbd.NBD_OPT_GO, infoData("vm1"));
        assertEquals(NbdMode.SIMPLE, secure.agreement().mode());
    }

    private static Handshake greeted(Handshake fresh) {
        fresh.output();
        fresh.take(ByteBuffer.allocate(4).putInt(FLAGS).flip());
        return fresh;
    }

    private Handshake overTls(Handshake plain, String client) {
        return plain.overTls(new VisibleExports(exports, () -> Identity.of(client)));
    }

    private static Step take(Handshake by, int option, byte... data) {
        return by.take(ByteBuffer.wrap(NbdClient.option(option, data)));
    }

    /** Returns the types of what was answered. */
    private static List<Integer> answers(Handshake by) {
        return HandshakeTest.types(HandshakeTest.replies(ByteBuffer.wrap(by.output())));
    }
}
