package dev.weir.cluster.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.cluster.message.GroupLease;
import dev.weir.cluster.message.GroupReport;
import dev.weir.cluster.message.GroupTerms;
import dev.weir.cluster.message.Offer;
import dev.weir.cluster.message.Rates;
import dev.weir.cluster.message.Report;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MessageCodecTest {
    private static final GroupTerms TERMS =
            GroupTerms.of(7, ThrottleLimits.of(Map.of("iops", 3_000L, "iops_max", 9_000L, "bps_wr", 1L << 40)));
    private static final Rates SHARE = Rates.of(key -> key == LimitKey.IOPS ? 1_000 : 0);
    private static final Report REPORT = new Report(
            Long.MAX_VALUE,
            2,
            3,
            4,
            5,
            6,
            7,
            Map.of("tenant-ä", new GroupReport(TERMS, SHARE, Rates.of(key -> Rates.UNBOUNDED), Rates.NONE)));
    private static final Offer OFFER =
            new Offer(1, 2, true, false, 3, 4, Map.of("tenant", new GroupLease(TERMS, SHARE)));

    @Test
    void messagesSurviveTheWire() {
        assertEquals(REPORT, MessageCodec.decode(MessageCodec.encode(REPORT)));
        assertEquals(OFFER, MessageCodec.decode(MessageCodec.encode(OFFER)));
        Offer end = new Offer(-1, 0, false, true, 0, 0, null);
        assertEquals(end, MessageCodec.decode(MessageCodec.encode(end)));
        Offer empty = new Offer(1, 2, true, false, 3, 4, Map.of());
        assertEquals(empty, MessageCodec.decode(MessageCodec.encode(empty)));
    }

    @Test
    void fieldsOfLaterVersionsAreIgnored() {
        byte[] bytes = MessageCodec.encode(OFFER);
        byte[] later = Arrays.copyOf(bytes, bytes.length + 4);
        later[bytes.length] = 99;
        later[bytes.length + 1] = 2;
        assertEquals(OFFER, MessageCodec.decode(later));
    }

    @Test
    void badBytesAreRefused() {
        for (byte[] bad :
                new byte[][] {{}, {'X'}, {'R'}, {'R', 1}, {'R', 1, 5, 0}, {'O', 3, 2, 1, 0}, {'O', 2, 1, -1}}) {
            assertThrows(IllegalArgumentException.class, () -> MessageCodec.decode(bad), () -> Arrays.toString(bad));
        }
        assertThrows(IllegalArgumentException.class, () -> MessageCodec.decode(new byte[MessageCodec.MAX_BYTES + 1]));
    }

    @Test
    void damagedMessagesNeverThrowAnythingElse() {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = i % 2 == 0 ? MessageCodec.encode(REPORT) : MessageCodec.encode(OFFER);
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
