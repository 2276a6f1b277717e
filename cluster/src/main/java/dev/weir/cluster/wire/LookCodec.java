package dev.weir.cluster.wire;

import dev.weir.cluster.ClusterSnapshot.HostShare;
import dev.weir.cluster.ClusterSnapshot.Shares;
import dev.weir.cluster.HostDrives;
import dev.weir.cluster.HostDrives.Summary;
import dev.weir.cluster.message.Answer;
import dev.weir.cluster.message.GroupTerms;
import dev.weir.cluster.message.Question;
import dev.weir.cluster.message.Question.Subject;
import dev.weir.cluster.message.Rates;
import dev.weir.throttle.LimitKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The fields of questions and answers; see {@link MessageCodec}. Thread-safe. */
final class LookCodec {
    /** The longest text of a drive: names of limits, groups and states. */
    private static final int MAX_TEXT_BYTES = 400;

    /** The longest reason why limits cannot be saved: a line for each broken rule. */
    private static final int MAX_REFUSAL_BYTES = 10_000;

    private static final int MAX_LIMITS = 100;

    private static final int TAG_VERSION = 1;
    private static final int TAG_ID = 2;
    private static final int TAG_SUBJECT = 3;
    private static final int TAG_SHARES = 4;
    private static final int TAG_HOST = 5;
    private static final int TAG_TOTAL = 6;
    private static final int TAG_DRIVE = 7;
    private static final int TAG_GROUP = 8;
    private static final int TAG_LIMIT = 9;
    private static final int TAG_REFUSAL = 10;
    private static final int TAG_TERMS = 11;
    private static final int TAG_LIMITS_VERSION = 12;

    private static final int LIMIT_KEY = 1;
    private static final int LIMIT_VALUE = 2;

    private static final int SHARES_GROUP = 1;
    private static final int SHARES_LEASED = 2;
    private static final int SHARES_ASIDE = 3;
    private static final int SHARES_USED = 4;
    private static final int SHARES_OMITTED = 5;
    private static final int SHARES_HOST = 6;

    private static final int SHARE_HOST = 1;
    private static final int SHARE_WEIGHT = 2;
    private static final int SHARE_LIVE = 3;
    private static final int SHARE_LEASED = 4;
    private static final int SHARE_USED = 5;
    private static final int SHARE_WANTS = 6;
    private static final int SHARE_END = 7;

    private static final int DRIVE_NAME = 1;
    private static final int DRIVE_GROUP = 2;
    private static final int DRIVE_STATE = 3;
    private static final int DRIVE_REQUESTS = 4;
    private static final int DRIVE_BYTES = 5;
    private static final int DRIVE_LIMITS = 6;
    private static final int DRIVE_QUEUED = 7;
    private static final int DRIVE_HELD_BY = 8;

    private LookCodec() {}

    static FieldWriter fields(Question question) {
        FieldWriter out = new FieldWriter()
                .number(TAG_VERSION, MessageCodec.VERSION)
                .number(TAG_ID, question.id())
                .number(TAG_SUBJECT, question.subject().ordinal() + 1);
        if (!question.group().isEmpty()) {
            out.text(TAG_GROUP, question.group()).number(TAG_LIMITS_VERSION, question.version());
        }
        question.limits()
                .forEach((key, value) -> out.fields(
                        TAG_LIMIT, new FieldWriter().text(LIMIT_KEY, key).number(LIMIT_VALUE, value)));
        return out;
    }

    static FieldWriter fields(Answer answer) {
        FieldWriter out =
                new FieldWriter().number(TAG_VERSION, MessageCodec.VERSION).number(TAG_ID, answer.id());
        answer.shares().forEach((group, shares) -> out.bytes(TAG_SHARES, bytes(group, shares)));
        HostDrives drives = answer.drives();
        if (drives.hasAnswered()) {
            out.text(TAG_HOST, drives.host()).number(TAG_TOTAL, drives.total());
            drives.drives().forEach(drive -> out.bytes(TAG_DRIVE, bytes(drive)));
        }
        if (!answer.refusal().isEmpty()) {
            String refusal = answer.refusal();
            out.text(TAG_REFUSAL, refusal.substring(0, Math.min(refusal.length(), MAX_REFUSAL_BYTES / 4)));
        }
        GroupTerms terms = answer.terms();
        if (terms != null) {
            out.fields(TAG_TERMS, MessageCodec.terms(new FieldWriter(), terms));
        }
        return out;
    }

    private static byte[] bytes(String group, Shares shares) {
        FieldWriter out = new FieldWriter()
                .text(SHARES_GROUP, group)
                .rates(SHARES_LEASED, rates(shares.leased()))
                .rates(SHARES_ASIDE, rates(shares.aside()))
                .rates(SHARES_USED, rates(shares.used()))
                .number(SHARES_OMITTED, shares.omitted());
        for (HostShare host : shares.hosts()) {
            out.bytes(
                    SHARES_HOST,
                    new FieldWriter()
                            .text(SHARE_HOST, host.host())
                            .number(SHARE_WEIGHT, host.weight())
                            .number(SHARE_LIVE, host.isLive() ? 1 : 0)
                            .rates(SHARE_LEASED, rates(host.leased()))
                            .rates(SHARE_USED, rates(host.used()))
                            .rates(SHARE_WANTS, rates(host.wants()))
                            .number(SHARE_END, host.endsInNanos() + 1)
                            .toBytes());
        }
        return out.toBytes();
    }

    private static byte[] bytes(Summary drive) {
        return new FieldWriter()
                .text(DRIVE_NAME, drive.name())
                .text(DRIVE_GROUP, drive.group())
                .text(DRIVE_STATE, drive.state())
                .number(DRIVE_REQUESTS, drive.requestsPerSecond())
                .number(DRIVE_BYTES, drive.bytesPerSecond())
                .rates(DRIVE_LIMITS, rates(drive.limits()))
                .number(DRIVE_QUEUED, drive.queued())
                .text(DRIVE_HELD_BY, drive.heldBy())
                .toBytes();
    }

    private static Rates rates(Map<LimitKey, Long> amounts) {
        return Rates.of(key -> amounts.getOrDefault(key, 0L));
    }

    static Question question(FieldReader in) {
        long id = 0;
        long subject = 0;
        long version = 0;
        String group = "";
        Map<String, Long> limits = new LinkedHashMap<>();
        while (in.hasNext()) {
            int tag = in.tag();
            FieldReader value = in.value();
            switch (tag) {
                case TAG_ID -> id = value.number();
                case TAG_SUBJECT -> subject = value.number();
                case TAG_GROUP -> group = value.text(MAX_TEXT_BYTES);
                case TAG_LIMIT -> putLimit(value, limits);
                case TAG_LIMITS_VERSION -> version = value.amount();
                default -> ignored();
            }
        }
        Subject[] known = Subject.values();
        if (subject < 1 || subject > known.length) {
            throw new IllegalArgumentException("a question about the unknown subject " + subject);
        }
        return new Question(id, known[(int) subject - 1], group, limits, version);
    }

    private static void putLimit(FieldReader in, Map<String, Long> limits) {
        String key = "";
        long amount = 0;
        while (in.hasNext()) {
            int tag = in.tag();
            FieldReader value = in.value();
            switch (tag) {
                case LIMIT_KEY -> key = value.text(MAX_TEXT_BYTES);
                case LIMIT_VALUE -> amount = value.amount();
                default -> ignored();
            }
        }
        limits.put(key, amount);
        if (limits.size() > MAX_LIMITS) {
            throw new IllegalArgumentException("more than " + MAX_LIMITS + " limits");
        }
    }

    static Answer answer(FieldReader in) {
        long id = 0;
        int total = 0;
        String host = "";
        String refusal = "";
        GroupTerms terms = null;
        Map<String, Shares> shares = new LinkedHashMap<>();
        List<Summary> drives = new ArrayList<>();
        while (in.hasNext()) {
            int tag = in.tag();
            FieldReader value = in.value();
            switch (tag) {
                case TAG_ID -> id = value.number();
                case TAG_TOTAL -> total = value.count();
                case TAG_HOST -> host = value.text(MAX_TEXT_BYTES);
                case TAG_SHARES -> putShares(value, shares);
                case TAG_DRIVE -> drives.add(drive(value));
                case TAG_REFUSAL -> refusal = value.text(MAX_REFUSAL_BYTES);
                case TAG_TERMS -> terms = MessageCodec.terms(value);
                default -> ignored();
            }
        }
        boolean hasDrives = !host.isEmpty();
        return new Answer(id, shares, new HostDrives(host, hasDrives, total, drives), refusal, terms);
    }

    private static void putShares(FieldReader in, Map<String, Shares> shares) {
        String group = "";
        Rates leased = Rates.NONE;
        Rates aside = Rates.NONE;
        Rates used = Rates.NONE;
        int omitted = 0;
        List<HostShare> hosts = new ArrayList<>();
        while (in.hasNext()) {
            int tag = in.tag();
            FieldReader value = in.value();
            switch (tag) {
                case SHARES_GROUP -> group = value.text(MAX_TEXT_BYTES);
                case SHARES_LEASED -> leased = value.rates();
                case SHARES_ASIDE -> aside = value.rates();
                case SHARES_USED -> used = value.rates();
                case SHARES_OMITTED -> omitted = value.count();
                case SHARES_HOST -> hosts.add(hostShare(value));
                default -> ignored();
            }
        }
        shares.put(group, new Shares(leased.toMap(), aside.toMap(), used.toMap(), hosts, omitted));
    }

    private static HostShare hostShare(FieldReader in) {
        String host = "";
        int weight = 0;
        long live = 0;
        long end = 0;
        Rates leased = Rates.NONE;
        Rates used = Rates.NONE;
        Rates wants = Rates.NONE;
        while (in.hasNext()) {
            int tag = in.tag();
            FieldReader value = in.value();
            switch (tag) {
                case SHARE_HOST -> host = value.text(MAX_TEXT_BYTES);
                case SHARE_WEIGHT -> weight = value.count();
                case SHARE_LIVE -> live = value.amount();
                case SHARE_LEASED -> leased = value.rates();
                case SHARE_USED -> used = value.rates();
                case SHARE_WANTS -> wants = value.rates();
                case SHARE_END -> end = value.amount();
                default -> ignored();
            }
        }
        return new HostShare(host, weight, live > 0, leased.toMap(), used.toMap(), wants.toMap(), end - 1);
    }

    private static Summary drive(FieldReader in) {
        String name = "";
        String group = "";
        String state = "";
        String heldBy = "";
        long requests = 0;
        long bytes = 0;
        int queued = 0;
        Rates limits = Rates.NONE;
        while (in.hasNext()) {
            int tag = in.tag();
            FieldReader value = in.value();
            switch (tag) {
                case DRIVE_NAME -> name = value.text(MAX_TEXT_BYTES);
                case DRIVE_GROUP -> group = value.text(MAX_TEXT_BYTES);
                case DRIVE_STATE -> state = value.text(MAX_TEXT_BYTES);
                case DRIVE_REQUESTS -> requests = value.amount();
                case DRIVE_BYTES -> bytes = value.amount();
                case DRIVE_LIMITS -> limits = value.rates();
                case DRIVE_QUEUED -> queued = value.count();
                case DRIVE_HELD_BY -> heldBy = value.text(MAX_TEXT_BYTES);
                default -> ignored();
            }
        }
        return new Summary(name, group, state, requests, bytes, limits.toMap(), queued, heldBy);
    }

    /** A field of a later version. */
    private static void ignored() {}
}
