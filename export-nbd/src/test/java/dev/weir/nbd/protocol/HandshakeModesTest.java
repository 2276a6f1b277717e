package dev.weir.nbd.protocol;

import static dev.weir.nbd.NbdClient.infoData;
import static dev.weir.nbd.NbdClient.metaData;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.nbd.NbdClient.OptionReply;
import dev.weir.nbd.protocol.HandshakeCodec.Step;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Negotiation of structured replies, extended headers and metadata contexts. */
class HandshakeModesTest extends HandshakeFixture {
    @Test
    void structuredRepliesAreNegotiatedOnce() {
        begin(FLAGS);
        int option = Nbd.NBD_OPT_STRUCTURED_REPLY;

        assertEquals(Nbd.NBD_REP_ERR_INVALID, last(option, new byte[1]).type());
        assertEquals(Nbd.NBD_REP_ACK, last(option).type());
        assertEquals(Nbd.NBD_REP_ERR_INVALID, last(option).type());
        assertEquals(Step.TRANSMISSION, option(Nbd.NBD_OPT_EXPORT_NAME, "vm1".getBytes(UTF_8)));

        assertExport(output(), 1 << 20, WRITABLE | Nbd.NBD_FLAG_SEND_DF, 0);
        assertEquals(NbdMode.STRUCTURED, handshake.agreement().mode());
    }

    @Test
    void extendedHeadersReplaceStructuredReplies() {
        begin(FLAGS);

        assertEquals(
                Nbd.NBD_REP_ERR_INVALID,
                last(Nbd.NBD_OPT_EXTENDED_HEADERS, new byte[1]).type());
        assertEquals(Nbd.NBD_REP_ACK, last(Nbd.NBD_OPT_STRUCTURED_REPLY).type());
        assertEquals(Nbd.NBD_REP_ACK, last(Nbd.NBD_OPT_EXTENDED_HEADERS).type());
        assertEquals(Nbd.NBD_REP_ERR_INVALID, last(Nbd.NBD_OPT_EXTENDED_HEADERS).type());
        assertEquals(
                Nbd.NBD_REP_ERR_EXT_HEADER_REQD,
                last(Nbd.NBD_OPT_STRUCTURED_REPLY).type());
        assertEquals(Step.TRANSMISSION, option(Nbd.NBD_OPT_GO, infoData("gölden")));
        assertEquals(NbdMode.EXTENDED, handshake.agreement().mode());
    }

    @Test
    void exportNameMustNotFollowExtendedHeaders() {
        begin(FLAGS);
        last(Nbd.NBD_OPT_EXTENDED_HEADERS);

        assertEquals(Step.REFUSED, option(Nbd.NBD_OPT_EXPORT_NAME, "vm1".getBytes(UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(ints = {Nbd.NBD_OPT_LIST_META_CONTEXT, Nbd.NBD_OPT_SET_META_CONTEXT})
    void contextsNeedStructuredRepliesAndAnExport(int option) {
        begin(FLAGS);
        byte[] good = metaData("vm1", "base:allocation");

        assertEquals(Nbd.NBD_REP_ERR_INVALID, last(option, good).type());
        last(Nbd.NBD_OPT_STRUCTURED_REPLY);
        assertEquals(
                Nbd.NBD_REP_ERR_UNKNOWN,
                last(option, metaData("nope", "base:allocation")).type());
        assertEquals(
                Nbd.NBD_REP_ERR_TOO_BIG,
                last(option, new byte[HandshakeCodec.MAX_OPTION_BYTES + 1]).type());
        for (int cut = 0; cut < good.length; cut++) {
            assertEquals(
                    Nbd.NBD_REP_ERR_INVALID,
                    last(option, Arrays.copyOf(good, cut)).type());
        }
        assertEquals(
                Nbd.NBD_REP_ERR_INVALID,
                last(option, Arrays.copyOf(good, good.length + 1)).type());
        assertEquals(Nbd.NBD_REP_ACK, last(option, good).type());
    }

    @ParameterizedTest
    @CsvSource({
        // queries, listed contexts, selected contexts
        "'',                                base:allocation, ''",
        "base:allocation,                   base:allocation, base:allocation",
        "base:,                             base:allocation, ''",
        "base,                              '', ''",
        "base:allocatio,                    '', ''",
        "qemu:dirty-bitmap:x,               '', ''",
        "x-y:z base: base:allocation,       base:allocation, base:allocation",
        "base:allocation base:allocation,   base:allocation, base:allocation",
    })
    void contextsAreListedAndSet(String queries, String listed, String set) {
        begin(FLAGS);
        last(Nbd.NBD_OPT_STRUCTURED_REPLY);
        byte[] data = queries.isEmpty() ? metaData("vm1") : metaData("vm1", queries.split(" "));

        assertEquals(listed, contexts(Nbd.NBD_OPT_LIST_META_CONTEXT, 0, data));
        assertEquals(set, contexts(Nbd.NBD_OPT_SET_META_CONTEXT, Nbd.BASE_ALLOCATION_ID, data));
        option(Nbd.NBD_OPT_GO, infoData("vm1"));
        assertEquals(!set.isEmpty(), handshake.agreement().allocation());
    }

    private String contexts(int option, int id, byte[] data) {
        option(option, data);
        List<OptionReply> replies = replies();
        assertEquals(Nbd.NBD_REP_ACK, replies.remove(replies.size() - 1).type());
        return replies.stream()
                .map(reply -> {
                    assertEquals(Nbd.NBD_REP_META_CONTEXT, reply.type());
                    assertEquals(id, reply.data().getInt());
                    return UTF_8.decode(reply.data()).toString();
                })
                .collect(Collectors.joining(" "));
    }

    @Test
    void contextBelongsToOneExport() {
        begin(FLAGS);
        last(Nbd.NBD_OPT_EXTENDED_HEADERS);
        int set = Nbd.NBD_OPT_SET_META_CONTEXT;
        last(set, metaData("vm1", "base:allocation"));

        assertEquals(Nbd.NBD_FLAG_BLOCK_STATUS_PAYLOAD, statusPayloadFlag("vm1"));
        assertEquals(0, statusPayloadFlag("gölden"));
        last(Nbd.NBD_OPT_LIST_META_CONTEXT, metaData("gölden", "base:allocation"));
        assertEquals(Nbd.NBD_FLAG_BLOCK_STATUS_PAYLOAD, statusPayloadFlag("vm1"));
        last(set, metaData("nope", "base:allocation"));
        assertEquals(0, statusPayloadFlag("vm1"));
    }

    private int statusPayloadFlag(String export) {
        option(Nbd.NBD_OPT_INFO, infoData(export));
        int flags = Short.toUnsignedInt(replies().get(0).data().getShort(10));
        return flags & Nbd.NBD_FLAG_BLOCK_STATUS_PAYLOAD;
    }
}
