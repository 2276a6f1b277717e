package dev.weir.nbd.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.nbd.spec.Nbd;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Parses the data of options. Malformed data is an {@code NBD_REP_ERR_INVALID}. */
final class OptionData {

    /**
     * Data of {@code NBD_OPT_INFO} and {@code NBD_OPT_GO}.
     *
     * @param export the name of the export
     * @param infos the requested information types
     */
    record Info(String export, Set<Integer> infos) {}

    /**
     * Data of {@code NBD_OPT_LIST_META_CONTEXT} and {@code NBD_OPT_SET_META_CONTEXT}.
     *
     * @param export the name of the export
     * @param queries the requested contexts
     */
    record Meta(String export, List<String> queries) {}

    private OptionData() {}

    /** Parses the length of the name, the name, the number of information requests and the requests. */
    static Info info(ByteBuffer data) throws OptionRefused {
        String export = string(data, Short.BYTES);
        int count = Short.toUnsignedInt(data.getShort());
        if (data.remaining() != count * Short.BYTES) {
            throw invalid("the data must end with the information requests it announces");
        }
        Set<Integer> infos = new HashSet<>();
        while (data.hasRemaining()) {
            infos.add(Short.toUnsignedInt(data.getShort()));
        }
        return new Info(export, infos);
    }

    /** Parses the length of the name, the name, the number of queries and each query with its length. */
    static Meta meta(ByteBuffer data) throws OptionRefused {
        String export = string(data, Integer.BYTES);
        long count = Integer.toUnsignedLong(data.getInt());
        List<String> queries = new ArrayList<>();
        while (queries.size() < count && data.hasRemaining()) {
            queries.add(string(data, 0));
        }
        if (queries.size() != count || data.hasRemaining()) {
            throw invalid("the data must end with the queries it announces");
        }
        return new Meta(export, queries);
    }

    /**
     * Parses a length and a text.
     *
     * @param behind the least number of bytes that must follow
     */
    private static String string(ByteBuffer data, int behind) throws OptionRefused {
        long length = data.remaining() < Integer.BYTES ? Long.MAX_VALUE : Integer.toUnsignedLong(data.getInt());
        if (length > data.remaining() - behind) {
            throw invalid("a string must be within the data");
        }
        if (length > Nbd.MAX_STRING_BYTES) {
            throw invalid("a string must be at most " + Nbd.MAX_STRING_BYTES + " bytes, not " + length);
        }
        byte[] utf8 = new byte[(int) length];
        data.get(utf8);
        return new String(utf8, UTF_8);
    }

    private static OptionRefused invalid(String why) {
        return new OptionRefused(Nbd.NBD_REP_ERR_INVALID, why);
    }
}
