package dev.weir.cluster.wire;

import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.message.Answer;
import dev.weir.cluster.message.GroupLease;
import dev.weir.cluster.message.GroupReport;
import dev.weir.cluster.message.GroupTerms;
import dev.weir.cluster.message.Offer;
import dev.weir.cluster.message.Question;
import dev.weir.cluster.message.Rates;
import dev.weir.cluster.message.Report;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Messages as bytes: a byte for the kind, then fields. The first field is the version of the sender. A reader ignores
 * unknown fields. Thread-safe.
 */
public final class MessageCodec {
    /** The version of this code. A later one adds fields only. */
    public static final int VERSION = 1;

    /** The longest message (bytes): 1000 groups with all limits take about 200 KB. */
    public static final int MAX_BYTES = 4 << 20;

    private static final int REPORT = 'R';
    private static final int OFFER = 'O';
    private static final int QUESTION = 'Q';
    private static final int ANSWER = 'A';
    private static final int MAX_GROUPS = 10_000;
    private static final int MAX_NAME_BYTES = 200;

    private static final int TAG_VERSION = 1;
    private static final int TAG_TERM = 2;
    private static final int TAG_GROUP = 3;
    private static final int TAG_INCARNATION = 4;
    private static final int TAG_SEQUENCE = 5;
    private static final int TAG_EPOCH = 6;
    private static final int TAG_RECEIVED = 7;
    private static final int TAG_LEASE = 8;
    private static final int TAG_WEIGHT = 9;
    private static final int TAG_NUMBER = 10;
    private static final int TAG_FLAGS = 11;
    private static final int TAG_ANSWERS = 12;

    private static final int GROUP_NAME = 1;
    private static final int GROUP_VERSION = 2;
    private static final int GROUP_RATE = 3;
    private static final int GROUP_MAX = 4;
    private static final int GROUP_DEPTH = 5;
    private static final int GROUP_SHARE = 6;
    private static final int GROUP_WANTS = 7;
    private static final int GROUP_MINIMUM = 8;
    private static final int GROUP_USED = 9;
    private static final int GROUP_SAVED = 10;
    private static final int GROUP_IOPS_SIZE = 11;

    private static final int FLAG_ESTABLISHED = 1;
    private static final int FLAG_RESIGNED = 2;
    private static final int FLAG_LEASE = 4;

    private MessageCodec() {}

    /** Returns a report as bytes. */
    public static byte[] encode(Report report) {
        FieldWriter out = new FieldWriter();
        out.number(TAG_VERSION, VERSION)
                .number(TAG_TERM, report.term())
                .number(TAG_INCARNATION, report.incarnation())
                .number(TAG_SEQUENCE, report.sequence())
                .number(TAG_EPOCH, report.epoch())
                .number(TAG_RECEIVED, report.received())
                .number(TAG_LEASE, report.lease())
                .number(TAG_WEIGHT, report.weight());
        FieldWriter inner = new FieldWriter();
        report.groups()
                .forEach((name, group) -> out.fields(
                        TAG_GROUP,
                        terms(inner.clear().text(GROUP_NAME, name), group.terms())
                                .rates(GROUP_SHARE, group.has())
                                .rates(GROUP_USED, group.used())
                                .rates(GROUP_WANTS, group.wants())
                                .rates(GROUP_MINIMUM, group.minimum())));
        return message(REPORT, out);
    }

    /** Returns an offer as bytes. */
    public static byte[] encode(Offer offer) {
        Map<String, GroupLease> lease = offer.lease();
        int flags = (offer.established() ? FLAG_ESTABLISHED : 0)
                | (offer.resigned() ? FLAG_RESIGNED : 0)
                | (lease == null ? 0 : FLAG_LEASE);
        FieldWriter out = new FieldWriter();
        out.number(TAG_VERSION, VERSION)
                .number(TAG_TERM, offer.term())
                .number(TAG_NUMBER, offer.number())
                .number(TAG_FLAGS, flags)
                .number(TAG_INCARNATION, offer.incarnation())
                .number(TAG_ANSWERS, offer.answers());
        if (lease != null) {
            FieldWriter inner = new FieldWriter();
            lease.forEach((name, group) -> out.fields(
                    TAG_GROUP,
                    terms(inner.clear().text(GROUP_NAME, name), group.terms()).rates(GROUP_SHARE, group.share())));
        }
        return message(OFFER, out);
    }

    /** Returns a question as bytes. */
    public static byte[] encode(Question question) {
        return message(QUESTION, LookCodec.fields(question));
    }

    /** Returns an answer as bytes. */
    public static byte[] encode(Answer answer) {
        return message(ANSWER, LookCodec.fields(answer));
    }

    static FieldWriter terms(FieldWriter out, GroupTerms terms) {
        return out.number(GROUP_VERSION, terms.version())
                .number(GROUP_SAVED, terms.isSaved() ? 1 : 0)
                .rates(GROUP_RATE, terms.rate())
                .rates(GROUP_MAX, terms.max())
                .rates(GROUP_DEPTH, terms.depth())
                .number(GROUP_IOPS_SIZE, terms.iopsSize());
    }

    private static byte[] message(int kind, FieldWriter fields) {
        byte[] bytes = fields.toBytes();
        return ByteBuffer.allocate(1 + bytes.length).put((byte) kind).put(bytes).array();
    }

    /**
     * Returns the {@link Report}, {@link Offer}, {@link Question} or {@link Answer} in the bytes.
     *
     * @throws IllegalArgumentException if they are no such message
     */
    public static Object decode(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("a message of " + bytes.length + " bytes, 1 to " + MAX_BYTES);
        }
        FieldReader in = new FieldReader(bytes, 1, bytes.length);
        int kind = bytes[0];
        return switch (kind) {
            case REPORT, OFFER -> leasing(kind, in);
            case QUESTION -> LookCodec.question(in);
            case ANSWER -> LookCodec.answer(in);
            default -> throw new IllegalArgumentException("a message of the unknown kind " + kind);
        };
    }

    private static Object leasing(int kind, FieldReader in) {
        long[] numbers = new long[TAG_ANSWERS + 1];
        Map<String, Group> groups = new LinkedHashMap<>();
        while (in.hasNext()) {
            int tag = in.tag();
            FieldReader value = in.value();
            if (tag == TAG_GROUP) {
                Group group = group(value);
                if (group.name.isEmpty()) {
                    throw new IllegalArgumentException("a group without a name");
                }
                groups.put(group.name, group);
            } else if (tag < numbers.length) {
                numbers[tag] = value.number();
            }
            if (groups.size() > MAX_GROUPS) {
                throw new IllegalArgumentException("more than " + MAX_GROUPS + " groups");
            }
        }
        return kind == REPORT ? report(numbers, groups) : offer(numbers, groups);
    }

    private static Report report(long[] numbers, Map<String, Group> groups) {
        long weight = numbers[TAG_WEIGHT];
        if (weight < 1 || weight > ClusterScope.MAX_WEIGHT) {
            throw new IllegalArgumentException("a weight of " + weight + ", 1 to " + ClusterScope.MAX_WEIGHT);
        }
        Map<String, GroupReport> reports = new LinkedHashMap<>();
        groups.forEach((name, group) ->
                reports.put(name, new GroupReport(group.terms(), group.share, group.used, group.wants, group.minimum)));
        return new Report(
                numbers[TAG_INCARNATION],
                numbers[TAG_SEQUENCE],
                numbers[TAG_TERM],
                numbers[TAG_EPOCH],
                numbers[TAG_RECEIVED],
                numbers[TAG_LEASE],
                (int) weight,
                reports);
    }

    private static Offer offer(long[] numbers, Map<String, Group> groups) {
        long flags = numbers[TAG_FLAGS];
        Map<String, GroupLease> lease = new LinkedHashMap<>();
        groups.forEach((name, group) -> lease.put(name, new GroupLease(group.terms(), group.share)));
        return new Offer(
                numbers[TAG_TERM],
                numbers[TAG_NUMBER],
                (flags & FLAG_ESTABLISHED) != 0,
                (flags & FLAG_RESIGNED) != 0,
                numbers[TAG_INCARNATION],
                numbers[TAG_ANSWERS],
                (flags & FLAG_LEASE) != 0 ? lease : null);
    }

    /** The fields of a group. */
    private static final class Group {
        private String name = "";
        private long version;
        private boolean isSaved;
        private Rates rate = Rates.NONE;
        private Rates max = Rates.NONE;
        private Rates depth = Rates.NONE;
        private long iopsSize;
        private Rates share = Rates.NONE;
        private Rates used = Rates.NONE;
        private Rates wants = Rates.NONE;
        private Rates minimum = Rates.NONE;

        private GroupTerms terms() {
            GroupTerms terms = new GroupTerms(version, isSaved, rate, max, depth, iopsSize);
            if (!terms.isValid()) {
                throw new IllegalArgumentException("invalid limits: " + terms);
            }
            return terms;
        }
    }

    static GroupTerms terms(FieldReader in) {
        return group(in).terms();
    }

    private static Group group(FieldReader in) {
        Group group = new Group();
        while (in.hasNext()) {
            int tag = in.tag();
            FieldReader value = in.value();
            switch (tag) {
                case GROUP_NAME -> group.name = value.text(MAX_NAME_BYTES);
                case GROUP_VERSION -> group.version = value.amount();
                case GROUP_SAVED -> group.isSaved = value.number() != 0;
                case GROUP_RATE -> group.rate = value.rates();
                case GROUP_MAX -> group.max = value.rates();
                case GROUP_DEPTH -> group.depth = value.rates();
                case GROUP_IOPS_SIZE -> group.iopsSize = value.amount();
                case GROUP_SHARE -> group.share = value.rates();
                case GROUP_USED -> group.used = value.rates();
                case GROUP_WANTS -> group.wants = value.rates();
                case GROUP_MINIMUM -> group.minimum = value.rates();
                default -> {
                    // a field of a later version
                }
            }
        }
        return group;
    }
}
