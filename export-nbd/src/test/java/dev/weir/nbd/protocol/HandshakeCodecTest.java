package dev.weir.nbd.protocol;

import static dev.weir.nbd.NbdClient.infoData;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.nbd.MemoryDrive;
import dev.weir.nbd.NbdClient;
import dev.weir.nbd.NbdClient.OptionReply;
import dev.weir.nbd.protocol.HandshakeCodec.Step;
import dev.weir.nbd.spec.Nbd;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The greeting, the choice of an export and the answers to malformed or unknown options. */
class HandshakeCodecTest extends HandshakeFixture {
    private static final int READ_ONLY = Nbd.NBD_FLAG_HAS_FLAGS
            | Nbd.NBD_FLAG_READ_ONLY
            | Nbd.NBD_FLAG_SEND_FLUSH
            | Nbd.NBD_FLAG_SEND_FUA
            | Nbd.NBD_FLAG_SEND_CACHE
            | Nbd.NBD_FLAG_CAN_MULTI_CONN;
    private static final int STRUCTURED_REPLY = 8;

    @Test
    void greetsAsFixedNewstyleWithoutZeroes() {
        ByteBuffer greeting = output();

        assertEquals(0x4e42444d41474943L, greeting.getLong());
        assertEquals(0x49484156454F5054L, greeting.getLong());
        assertEquals(3, greeting.getShort());
        assertFalse(greeting.hasRemaining());
    }

    @Test
    void refusesUnknownClientFlags() {
        assertEquals(
                Step.REFUSED, handshake.take(ByteBuffer.allocate(4).putInt(4).flip()));
        assertTrue(handshake.fault().contains("0x4"), handshake.fault());
    }

    @Test
    void refusesAnOptionWithoutItsMagic() {
        begin(FLAGS);

        assertEquals(Step.REFUSED, handshake.take(ByteBuffer.allocate(16)));
        assertTrue(handshake.fault().contains("magic"), handshake.fault());
    }

    @Test
    void exportNameEndsWithSizeAndFlags() {
        begin(FLAGS);

        assertEquals(Step.TRANSMISSION, option(Nbd.NBD_OPT_EXPORT_NAME, "vm1".getBytes(UTF_8)));

        assertExport(output(), 1 << 20, WRITABLE, 0);
        assertSame(vm1, handshake.agreement().drive());
    }

    @Test
    void exportNamePadsZeroesOnRequest() {
        begin(Nbd.NBD_FLAG_C_FIXED_NEWSTYLE);

        assertEquals(Step.TRANSMISSION, option(Nbd.NBD_OPT_EXPORT_NAME, "gölden".getBytes(UTF_8)));

        assertExport(output(), 4096, READ_ONLY, 124);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5000, Integer.MAX_VALUE, -1})
    void exportNameThatCannotBeServedEndsTheConnection(int length) {
        begin(FLAGS);

        ByteBuffer header = header(Nbd.NBD_OPT_EXPORT_NAME, length);
        Step step = handshake.take(
                length == 4
                        ? ByteBuffer.allocate(20)
                                .put(header)
                                .put("vm22".getBytes(UTF_8))
                                .flip()
                        : header);

        assertEquals(Step.REFUSED, step);
        assertFalse(handshake.fault().isEmpty());
    }

    @Test
    void emptyNameMeansTheOnlyDrive() {
        begin(FLAGS);
        assertEquals(
                Nbd.NBD_REP_ERR_UNKNOWN, last(Nbd.NBD_OPT_INFO, infoData("")).type());
        exports.remove(golden);

        assertEquals(Nbd.NBD_REP_ACK, last(Nbd.NBD_OPT_INFO, infoData("")).type());
        assertEquals(Step.TRANSMISSION, option(Nbd.NBD_OPT_EXPORT_NAME));
        assertSame(vm1, handshake.agreement().drive());
    }

    @Test
    void abortWithDataIsAcknowledged() {
        begin(FLAGS);

        assertEquals(Step.ABORTED, option(Nbd.NBD_OPT_ABORT, new byte[100]));

        assertEquals(List.of(Nbd.NBD_REP_ACK), types(replies()));
    }

    @Test
    void listNamesEveryDrive() {
        begin(FLAGS);
        option(Nbd.NBD_OPT_LIST);

        List<OptionReply> replies = replies();

        assertEquals(List.of(Nbd.NBD_REP_SERVER, Nbd.NBD_REP_SERVER, Nbd.NBD_REP_ACK), types(replies));
        assertEquals("gölden", name(replies.get(0)));
        assertEquals("vm1", name(replies.get(1)));
    }

    /** Each part is produced after the part before it was sent. A drive that is removed meanwhile is skipped. */
    @Test
    void longListIsMadeInParts() {
        exports.remove(vm1);
        exports.remove(golden);
        for (int i = 1000; i < 2000; i++) {
            MemoryDrive drive = new MemoryDrive("d" + i, 512, false);
            drive.describe("x".repeat(4000));
            exports.add(drive);
        }
        begin(FLAGS);
        option(Nbd.NBD_OPT_LIST);
        int bytes = 0;
        int parts = 0;
        for (ByteBuffer part = output(); part.hasRemaining(); part = output()) {
            assertTrue(part.remaining() < 2 * HandshakeCodec.LIST_PART_BYTES, part.remaining() + " bytes at once");
            bytes += part.remaining();
            parts++;
        }
        assertEquals(1000 * (20 + 4 + 5 + 4000) + 20, bytes);
        assertEquals(1000 / 2 + 1, parts);
        assertEquals(Step.ABORTED, option(Nbd.NBD_OPT_ABORT));
    }

    /** The specification limits the length of all strings. */
    @Test
    void textsKeepTheBoundOfTheProtocol() {
        begin(FLAGS);
        for (String letter : List.of("n", "ö", "日", "😀")) {
            int bytes = letter.getBytes(UTF_8).length;
            golden.describe(letter.repeat(Nbd.MAX_STRING_BYTES / bytes + 1));
            option(Nbd.NBD_OPT_INFO, infoData("gölden", Nbd.NBD_INFO_DESCRIPTION));
            ByteBuffer told = replies().get(1).data();
            told.getShort();
            assertEquals(Nbd.MAX_STRING_BYTES / bytes * bytes, told.remaining());

            OptionReply refusal = last(Nbd.NBD_OPT_INFO, infoData(letter.repeat(Nbd.MAX_STRING_BYTES / bytes)));
            String text = UTF_8.decode(refusal.data()).toString();
            assertTrue(text.startsWith("no drive is named '" + letter) && text.endsWith(letter + "…'"), text);
        }
    }

    private static String name(OptionReply server) {
        ByteBuffer data = server.data();
        assertEquals(data.remaining() - 4, data.getInt());
        return UTF_8.decode(data).toString();
    }

    @Test
    void descriptionIsInListAndInfo() {
        golden.describe("the master image, für alle");
        begin(FLAGS);
        option(Nbd.NBD_OPT_LIST);
        ByteBuffer listed = replies().get(0).data();
        listed.position(4 + listed.getInt());
        assertEquals("the master image, für alle", UTF_8.decode(listed).toString());

        assertEquals(2, replyCount(infoData("gölden", Nbd.NBD_INFO_NAME)) - 1);
        option(Nbd.NBD_OPT_INFO, infoData("gölden", Nbd.NBD_INFO_DESCRIPTION));
        ByteBuffer told = replies().get(1).data();
        assertEquals(Nbd.NBD_INFO_DESCRIPTION, told.getShort());
        assertEquals("the master image, für alle", UTF_8.decode(told).toString());
        assertEquals(2, replyCount(infoData("vm1", Nbd.NBD_INFO_DESCRIPTION)));
    }

    private int replyCount(byte[] data) {
        option(Nbd.NBD_OPT_INFO, data);
        return replies().size();
    }

    @Test
    void emptyNameMeansTheDefaultDrive() {
        exports.byDefault("gölden");
        begin(FLAGS);
        assertEquals(Nbd.NBD_REP_ACK, last(Nbd.NBD_OPT_INFO, infoData("")).type());
        exports.byDefault("nope");
        assertEquals(
                Nbd.NBD_REP_ERR_UNKNOWN, last(Nbd.NBD_OPT_INFO, infoData("")).type());
        exports.byDefault("gölden");
        assertEquals(Step.TRANSMISSION, option(Nbd.NBD_OPT_GO, infoData("")));
        assertSame(golden, handshake.agreement().drive());
    }

    @Test
    void listWithDataIsInvalid() {
        begin(FLAGS);

        assertEquals(
                Nbd.NBD_REP_ERR_INVALID, last(Nbd.NBD_OPT_LIST, new byte[1]).type());
        assertEquals(Nbd.NBD_REP_ACK, last(Nbd.NBD_OPT_LIST).type());
    }

    @Test
    void infoAlwaysHasSizeAndFlags() {
        begin(FLAGS);
        assertEquals(Step.TAKEN, option(Nbd.NBD_OPT_INFO, infoData("gölden")));

        List<OptionReply> replies = replies();

        assertEquals(List.of(Nbd.NBD_REP_INFO, Nbd.NBD_REP_ACK), types(replies));
        ByteBuffer export = replies.get(0).data();
        assertEquals(Nbd.NBD_INFO_EXPORT, export.getShort());
        assertExport(export, 4096, READ_ONLY, 0);
    }

    @Test
    void goAnswersKnownInfoRequests() {
        exports.remove(golden);
        begin(FLAGS);
        byte[] data = infoData("", Nbd.NBD_INFO_BLOCK_SIZE, 2, Nbd.NBD_INFO_NAME, 99);
        assertEquals(Step.TRANSMISSION, option(Nbd.NBD_OPT_GO, data));

        List<OptionReply> replies = replies();

        assertEquals(List.of(Nbd.NBD_REP_INFO, Nbd.NBD_REP_INFO, Nbd.NBD_REP_INFO, Nbd.NBD_REP_ACK), types(replies));
        assertEquals(
                ByteBuffer.wrap(new byte[] {0, 1, 'v', 'm', '1'}),
                replies.get(1).data());
        assertEquals(
                ByteBuffer.wrap(new byte[] {0, 3, 0, 0, 0, 1, 0, 0, 16, 0, 2, 0, 0, 0}),
                replies.get(2).data());
        assertSame(vm1, handshake.agreement().drive());
    }

    @Test
    void goTellsTheBlockSizeOfADriveUnasked() {
        vm1.blockSize(8192);
        begin(FLAGS);
        assertEquals(Step.TRANSMISSION, option(Nbd.NBD_OPT_GO, infoData("vm1")));
        List<OptionReply> replies = replies();
        assertEquals(List.of(Nbd.NBD_REP_INFO, Nbd.NBD_REP_INFO, Nbd.NBD_REP_ACK), types(replies));
        assertEquals(
                ByteBuffer.wrap(new byte[] {0, 3, 0, 0, 32, 0, 0, 0, 32, 0, 2, 0, 0, 0}),
                replies.get(1).data());
    }

    @Test
    void unknownNameMayBeRetried() {
        begin(FLAGS);

        OptionReply reply = last(Nbd.NBD_OPT_GO, infoData("nope\n"));

        assertEquals(Nbd.NBD_REP_ERR_UNKNOWN, reply.type());
        assertTrue(reply.text().contains("'nope?'"), reply.text());
        assertEquals(Step.TRANSMISSION, option(Nbd.NBD_OPT_GO, infoData("vm1")));
    }

    @Test
    void malformedInfoIsInvalid() {
        begin(FLAGS);
        byte[] good = infoData("vm1", Nbd.NBD_INFO_NAME);
        byte[] nameTooLong = good.clone();
        nameTooLong[3] = 100;
        byte[] nameNegative = good.clone();
        nameNegative[0] = (byte) 0xff;
        byte[] moreRequests = good.clone();
        moreRequests[8] = 2;
        byte[] longName = infoData("x".repeat(4097));

        for (byte[] data : List.of(new byte[0], new byte[5], nameTooLong, nameNegative, moreRequests, longName)) {
            assertEquals(Nbd.NBD_REP_ERR_INVALID, last(Nbd.NBD_OPT_GO, data).type());
        }
        assertEquals(
                Nbd.NBD_REP_ERR_UNKNOWN,
                last(Nbd.NBD_OPT_GO, infoData("x".repeat(4096))).type());
    }

    @Test
    void tooLongInfoIsSkipped() {
        begin(FLAGS);

        OptionReply reply = last(Nbd.NBD_OPT_INFO, new byte[HandshakeCodec.MAX_OPTION_BYTES + 1]);

        assertEquals(Nbd.NBD_REP_ERR_TOO_BIG, reply.type());
        assertEquals(Nbd.NBD_REP_ACK, last(Nbd.NBD_OPT_INFO, infoData("vm1")).type());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 12, 12345, -1})
    void everyOtherOptionIsUnsupported(int unknown) {
        begin(FLAGS);

        OptionReply reply = last(unknown, new byte[200_000]);

        assertEquals(Nbd.NBD_REP_ERR_UNSUP, reply.type());
        assertEquals(unknown, reply.option());
        assertEquals(Nbd.NBD_REP_ACK, last(Nbd.NBD_OPT_LIST).type());
    }

    /** The answers are the same for every split of the bytes. */
    @Test
    void inputMayBeSplitAnywhere() {
        byte[] whole = conversation();
        byte[] expected = converse(whole, whole.length);

        for (int first = 1; first < whole.length; first++) {
            assertArrayEquals(expected, converse(whole, first), "split at " + first);
        }
        assertArrayEquals(expected, converse(whole, 1), "byte by byte");
    }

    private static byte[] conversation() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {0, 0, 0, FLAGS});
        for (byte[] option : List.of(
                NbdClient.option(STRUCTURED_REPLY, new byte[7]),
                NbdClient.option(Nbd.NBD_OPT_LIST),
                NbdClient.option(Nbd.NBD_OPT_INFO, infoData("gölden", Nbd.NBD_INFO_NAME)),
                NbdClient.option(Nbd.NBD_OPT_INFO, infoData("nope")),
                NbdClient.option(Nbd.NBD_OPT_GO, infoData("vm1", Nbd.NBD_INFO_BLOCK_SIZE)))) {
            bytes.writeBytes(option);
        }
        return bytes.toByteArray();
    }

    /** Passes bytes in pieces of this size. Unread bytes are passed again as a connection does. */
    private byte[] converse(byte[] bytes, int piece) {
        HandshakeCodec fresh = fresh(TlsMode.OFF);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        said.writeBytes(fresh.output());
        int taken = 0;
        Step step = Step.TAKEN;
        for (int there = 0; there < bytes.length; there = Math.min(there + piece, bytes.length)) {
            int end = Math.min(there + piece, bytes.length);
            ByteBuffer in = ByteBuffer.wrap(bytes, taken, end - taken).slice();
            do {
                step = fresh.take(in);
                said.writeBytes(fresh.output());
            } while (step == Step.TAKEN);
            taken += in.position();
            if (end == bytes.length) {
                break;
            }
        }
        assertEquals(Step.TRANSMISSION, step);
        assertEquals(bytes.length, taken);
        return said.toByteArray();
    }

    @Property(tries = 300)
    void garbageNeverThrows(@ForAll @Size(max = 200) byte[] garbage, @ForAll boolean greeted) {
        HandshakeCodec fresh = fresh(TlsMode.OFF);
        ByteBuffer in = ByteBuffer.allocate(4 + Nbd.OPTION_BYTES + garbage.length);
        if (greeted) {
            in.putInt(FLAGS);
            if (garbage.length > 0) {
                in.putLong(Nbd.IHAVEOPT).putInt(garbage[0]).putInt(garbage.length);
            }
        }
        in.put(garbage).flip();
        Step step;
        do {
            step = fresh.take(in);
        } while (step == Step.TAKEN);
        assertTrue(in.position() <= in.limit());
    }

    private static ByteBuffer header(int option, int length) {
        return ByteBuffer.allocate(Nbd.OPTION_BYTES)
                .putLong(Nbd.IHAVEOPT)
                .putInt(option)
                .putInt(length)
                .flip();
    }
}
