package dev.weir.cluster.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.cluster.ClusterSnapshot.HostShare;
import dev.weir.cluster.ClusterSnapshot.Shares;
import dev.weir.cluster.HostDrives;
import dev.weir.cluster.message.Answer;
import dev.weir.cluster.message.GroupLease;
import dev.weir.cluster.message.GroupReport;
import dev.weir.cluster.message.GroupTerms;
import dev.weir.cluster.message.Offer;
import dev.weir.cluster.message.Question;
import dev.weir.cluster.message.Rates;
import dev.weir.cluster.message.Report;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MessageCodecTest {
    private static final GroupTerms TERMS = GroupTerms.of(
            7,
            true,
            ThrottleLimits.of(Map.of("iops", 3_000L, "iops_max", 9_000L, "bps_wr", 1L << 40, "iops_size", 4_096L)));
    private static final Rates SHARE = Rates.of(key -> key == LimitKey.IOPS ? 1_000 : 0);
    private static final Report REPORT = new Report(
            Long.MAX_VALUE,
            2,
            3,
            4,
            5,
            6,
            7,
            Map.of("tenant-ä", new GroupReport(TERMS, SHARE, SHARE, Rates.of(key -> Rates.UNBOUNDED), Rates.NONE)));
    private static final Offer OFFER =
            new Offer(1, 2, true, false, 3, 4, Map.of("tenant", new GroupLease(TERMS, SHARE)));

    private static final Question QUESTION = Question.of(9, Question.Subject.DRIVES);
    private static final Question SAVE =
            new Question(9, Question.Subject.SAVE, "tenant", Map.of("iops", Long.MAX_VALUE, "bps", 0L), 1L << 41);
    private static final Answer REFUSAL = Answer.of(12, "weir.conf:3: grüße");
    private static final Question CHANGE =
            new Question(9, Question.Subject.CHANGE_AND_SAVE, "tenant", Map.of("iops_max_length", 9L), 0);
    private static final Answer CHANGED = Answer.of(13, TERMS);
    private static final Answer SHARES = Answer.of(
            10,
            Map.of(
                    "tenant",
                    new Shares(
                            SHARE.toMap(),
                            Map.of(),
                            SHARE.toMap(),
                            List.of(new HostShare("h1", 3, true, SHARE.toMap(), Map.of(), SHARE.toMap(), -1)),
                            4)));
    private static final Answer DRIVES = Answer.of(
            11,
            new HostDrives(
                    "h2",
                    true,
                    9,
                    List.of(new HostDrives.Summary("vm1", "", "serving", 1, 2, SHARE.toMap(), 3, "iops"))));
    private static final List<byte[]> ALL = List.of(
            MessageCodec.encode(REPORT),
            MessageCodec.encode(OFFER),
            MessageCodec.encode(QUESTION),
            MessageCodec.encode(SAVE),
            MessageCodec.encode(REFUSAL),
            MessageCodec.encode(CHANGE),
            MessageCodec.encode(CHANGED),
            MessageCodec.encode(SHARES),
            MessageCodec.encode(DRIVES));

    @Test
    void messagesSurviveTheWire() {
        assertEquals(REPORT, MessageCodec.decode(MessageCodec.encode(REPORT)));
        assertEquals(OFFER, MessageCodec.decode(MessageCodec.encode(OFFER)));
        assertEquals(QUESTION, MessageCodec.decode(MessageCodec.encode(QUESTION)));
        assertEquals(SAVE, MessageCodec.decode(MessageCodec.encode(SAVE)));
        assertEquals(REFUSAL, MessageCodec.decode(MessageCodec.encode(REFUSAL)));
        assertEquals(CHANGE, MessageCodec.decode(MessageCodec.encode(CHANGE)));
        assertEquals(CHANGED, MessageCodec.decode(MessageCodec.encode(CHANGED)));
        assertEquals(SHARES, MessageCodec.decode(MessageCodec.encode(SHARES)));
        assertEquals(DRIVES, MessageCodec.decode(MessageCodec.encode(DRIVES)));
        Offer end = new Offer(-1, 0, false, true, 0, 0, null);
        assertEquals(end, MessageCodec.decode(MessageCodec.encode(end)));
        Offer empty = new Offer(1, 2, true, false, 3, 4, Map.of());
        assertEquals(empty, MessageCodec.decode(MessageCodec.encode(empty)));
    }

    @Test
    void fieldsOfLaterVersionsAreIgnored() {
        for (byte[] bytes : ALL) {
            byte[] later = Arrays.copyOf(bytes, bytes.length + 4);
            later[bytes.length] = 99;
            later[bytes.length + 1] = 2;
            assertEquals(MessageCodec.decode(bytes), MessageCodec.decode(later));
        }
    }

    @Test
    void badBytesAreRefused() {
        for (byte[] bad : new byte[][] {
            {},
            {'X'},
            {'R'},
            {'R', 1},
            {'R', 1, 5, 0},
            {'O', 3, 2, 1, 0},
            {'O', 2, 1, -1},
            {'Q'},
            {'Q', 3, 1, 9},
            {'A', 5, 9}
        }) {
            assertThrows(IllegalArgumentException.class, () -> MessageCodec.decode(bad), () -> Arrays.toString(bad));
        }
        assertThrows(IllegalArgumentException.class, () -> MessageCodec.decode(new byte[MessageCodec.MAX_BYTES + 1]));
    }

    /** Each host would fail at each step that uses such limits. */
    @Test
    void limitsThatNoHostCanUseAreRefused() {
        Rates none = Rates.NONE;
        Rates most = Rates.of(key -> key == LimitKey.IOPS ? Long.MAX_VALUE : 0);
        for (GroupTerms bad : List.of(
                new GroupTerms(Long.MAX_VALUE, false, SHARE, none, none),
                new GroupTerms(1, false, most, none, none),
                new GroupTerms(1, false, none, SHARE, SHARE),
                new GroupTerms(1, false, SHARE, most, SHARE),
                new GroupTerms(1, false, SHARE, none, none, Long.MAX_VALUE))) {
            byte[] answer = MessageCodec.encode(Answer.of(1, bad));
            assertThrows(IllegalArgumentException.class, () -> MessageCodec.decode(answer), bad::toString);
            byte[] offer = MessageCodec.encode(
                    new Offer(1, 2, true, false, 3, 4, Map.of("tenant", new GroupLease(bad, SHARE))));
            assertThrows(IllegalArgumentException.class, () -> MessageCodec.decode(offer), bad::toString);
        }
    }

    @Test
    void negativeAndCountlessLimitsOfAQuestionAreRefused() {
        byte[] question =
                MessageCodec.encode(new Question(9, Question.Subject.CHANGE, "tenant", Map.of("iops", -1L), 0));
        assertThrows(IllegalArgumentException.class, () -> MessageCodec.decode(question));
        byte[] version = MessageCodec.encode(new Question(9, Question.Subject.SAVE, "tenant", Map.of("iops", 1L), -1));
        assertThrows(IllegalArgumentException.class, () -> MessageCodec.decode(version));
        Map<String, Long> many = new LinkedHashMap<>();
        for (long i = 0; i <= 100; i++) {
            many.put("limit" + i, i);
        }
        byte[] countless = MessageCodec.encode(new Question(9, Question.Subject.CHANGE, "tenant", many, 0));
        assertThrows(IllegalArgumentException.class, () -> MessageCodec.decode(countless));
        many.remove("limit0");
        assertEquals(
                many,
                ((Question) MessageCodec.decode(
                                MessageCodec.encode(new Question(9, Question.Subject.CHANGE, "tenant", many, 0))))
                        .limits());
    }

    @Test
    void damagedMessagesNeverThrowAnythingElse() {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = ALL.get(i % ALL.size()).clone();
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            byte[] damaged = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            byte[] before = damaged.clone();
            try {
                MessageCodec.decode(damaged);
            } catch (IllegalArgumentException e) {
                // refused, as it should be
            }
            assertArrayEquals(before, damaged);
        }
    }
}
