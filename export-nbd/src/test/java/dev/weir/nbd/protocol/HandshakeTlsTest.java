package dev.weir.nbd.protocol;

import static dev.weir.nbd.NbdClient.infoData;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.nbd.protocol.HandshakeCodec.Step;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import dev.weir.nbd.wire.Identity;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The handshake before TLS, without TLS and over TLS. */
class HandshakeTlsTest extends HandshakeFixture {
    /** Exports one drive to all clients and one to Alice. */
    @BeforeEach
    @Override
    void offerTwoDrives() {
        exports.add(vm1);
        exports.add(golden, Set.of("alice"));
    }

    @Test
    void requiredTlsComesFirst() {
        HandshakeCodec required = greeted(TlsMode.REQUIRED);
        for (int option : new int[] {0, Nbd.NBD_OPT_LIST, Nbd.NBD_OPT_INFO, Nbd.NBD_OPT_GO, 8, 9, 10, 11, 12345}) {
            assertEquals(Step.TAKEN, option(required, option, infoData("vm1")));
            assertEquals(List.of(Nbd.NBD_REP_ERR_TLS_REQD), answers(required));
        }
        assertEquals(Step.STARTTLS, option(required, Nbd.NBD_OPT_STARTTLS));
        assertEquals(List.of(Nbd.NBD_REP_ACK), answers(required));

        HandshakeCodec leaving = greeted(TlsMode.REQUIRED);
        assertEquals(Step.ABORTED, option(leaving, Nbd.NBD_OPT_ABORT));
        HandshakeCodec hasty = greeted(TlsMode.REQUIRED);
        assertEquals(Step.REFUSED, option(hasty, Nbd.NBD_OPT_EXPORT_NAME, "vm1".getBytes(UTF_8)));
        assertTrue(hasty.fault().contains("TLS"), hasty.fault());
    }

    @Test
    void disabledTlsIsRefusedByPolicy() {
        HandshakeCodec off = greeted(TlsMode.OFF);

        assertEquals(Step.TAKEN, option(off, Nbd.NBD_OPT_STARTTLS));
        assertEquals(List.of(Nbd.NBD_REP_ERR_POLICY), answers(off));
    }

    @Test
    void tlsNeedsFixedNewstyle() {
        HandshakeCodec old = fresh(TlsMode.OPTIONAL);
        begin(old, Nbd.NBD_FLAG_C_NO_ZEROES);

        assertEquals(Step.TAKEN, option(old, Nbd.NBD_OPT_STARTTLS));
        assertEquals(List.of(Nbd.NBD_REP_ERR_POLICY), answers(old));
    }

    /** Answers for a restricted drive and for a missing one are equal, before TLS and over it. */
    @Test
    void optionalTlsHidesRestrictedDrives() {
        HandshakeCodec optional = greeted(TlsMode.OPTIONAL);
        for (String name : List.of("gölden", "nothing")) {
            assertEquals(Step.TAKEN, option(optional, Nbd.NBD_OPT_GO, infoData(name)));
            assertEquals(List.of(Nbd.NBD_REP_ERR_TLS_REQD), answers(optional));
        }
        option(optional, Nbd.NBD_OPT_LIST);
        assertEquals(List.of(Nbd.NBD_REP_SERVER, Nbd.NBD_REP_ACK), answers(optional));
        option(optional, Nbd.NBD_OPT_STARTTLS, (byte) 0);
        assertEquals(List.of(Nbd.NBD_REP_ERR_INVALID), answers(optional));

        HandshakeCodec bob = overTls(optional, "bob");
        for (String name : List.of("gölden", "nothing")) {
            assertEquals(Step.TAKEN, option(bob, Nbd.NBD_OPT_GO, infoData(name)));
            assertEquals(List.of(Nbd.NBD_REP_ERR_UNKNOWN), answers(bob));
        }
        HandshakeCodec alice = overTls(optional, "alice");
        assertEquals(Step.TRANSMISSION, option(alice, Nbd.NBD_OPT_GO, infoData("gölden")));
        assertSame(golden, alice.agreement().drive());
    }

    @Test
    void startTlsResetsTheNegotiation() {
        HandshakeCodec optional = greeted(TlsMode.OPTIONAL);
        option(optional, Nbd.NBD_OPT_STRUCTURED_REPLY);
        assertEquals(List.of(Nbd.NBD_REP_ACK), answers(optional));
        assertEquals(Step.STARTTLS, option(optional, Nbd.NBD_OPT_STARTTLS));

        HandshakeCodec secure = overTls(optional, "alice");
        assertEquals(0, secure.output().length);
        option(secure, Nbd.NBD_OPT_STARTTLS);
        assertEquals(List.of(Nbd.NBD_REP_ERR_INVALID), answers(secure));
        option(secure, Nbd.NBD_OPT_GO, infoData("vm1"));
        assertEquals(NbdMode.SIMPLE, secure.agreement().mode());
    }

    private HandshakeCodec greeted(TlsMode tls) {
        HandshakeCodec greeted = fresh(tls);
        begin(greeted, FLAGS);
        return greeted;
    }

    private HandshakeCodec overTls(HandshakeCodec plain, String client) {
        return plain.overTls(exports.visibleTo(() -> Identity.of(client)));
    }

    /** Returns the types of the answers. */
    private static List<Integer> answers(HandshakeCodec by) {
        return types(replies(by));
    }
}
