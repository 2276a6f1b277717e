package dev.weir.config;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockOption;
import dev.weir.block.BlockOption.Kind;
import dev.weir.block.filter.BlockFilter;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.block.filter.FilterContext;
import dev.weir.throttle.LimitFault;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Factories with the options and rules of the real ones. They open and create nothing. */
final class TestTypes {
    static final BlockBackendFactory FILE = new Backend(
            "file",
            new BlockOption("path", Kind.PATH, true, "the image"),
            new BlockOption("size", Kind.BYTES, false, "its size"),
            new BlockOption("create", Kind.FLAG, false, "whether it is made if it is not there"),
            new BlockOption("format", Kind.TEXT, false, "raw"),
            new BlockOption("cache", Kind.TEXT, false, "writeback or none"));
    static final BlockBackendFactory MEMORY =
            new Backend("memory", new BlockOption("size", Kind.BYTES, true, "its size"));

    /** A type with every kind of option. */
    static final BlockBackendFactory REMOTE = new Backend(
            "remote",
            new BlockOption("host", Kind.TEXT, true, "where it is"),
            new BlockOption("cache", Kind.BYTES, false, "how much is kept"),
            new BlockOption("tls.cert", Kind.PATH, false, "a certificate"),
            new BlockOption("tls.verify", Kind.FLAG, false, "whether it is checked"),
            new BlockOption("node", Kind.OBJECT, false, "a tree of any keys"));

    static final ThrottlePolicyFactory BUCKET = new Policy("bucket", true);
    static final ThrottlePolicyFactory SLICE = new Policy("slice", false);

    static final BlockBackendFactory QEMU = new Backend(
            "qemu",
            new BlockOption("path", Kind.PATH, false, "the image"),
            new BlockOption("size", Kind.BYTES, false, "its size"),
            new BlockOption("create", Kind.FLAG, false, "whether it is made"),
            new BlockOption("format", Kind.TEXT, false, "its format"));

    /** A filter that refuses a bound of zero and fails to check one of 13 ms. */
    static final BlockFilterFactory TRACE = new Filter("trace");

    /** The filter of faults, whose options no file names. */
    static final BlockFilterFactory FAULTS = new Filter("faults");

    static final Types ALL = new Types(
            Map.of("file", FILE, "memory", MEMORY, "remote", REMOTE),
            Map.of("trace", TRACE, "faults", FAULTS),
            Map.of("bucket", BUCKET, "slice", SLICE));
    static final Types NONE = new Types(Map.of(), Map.of(), Map.of());

    private TestTypes() {}

    private record Filter(String type) implements BlockFilterFactory {

        @Override
        public List<BlockOption> options() {
            return List.of(new BlockOption("slower-than", Kind.DURATION, true, "the bound"));
        }

        @Override
        public void check(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
            if (Objects.equals(options.get("slower-than"), 0L)) {
                throw new IOException("slower-than = 0: must be more");
            }
            if (Objects.equals(options.get("slower-than"), 13_000_000L)) {
                throw new IllegalStateException("13 ms");
            }
        }

        @Override
        public BlockFilter open(FilterContext context, Map<String, Object> options) {
            throw new UnsupportedOperationException();
        }
    }

    private record Backend(String type, List<BlockOption> options) implements BlockBackendFactory {
        Backend(String type, BlockOption... options) {
            this(type, List.of(options));
        }

        @Override
        public BlockBackend open(String drive, Map<String, Object> options, boolean readOnly) {
            throw new UnsupportedOperationException();
        }
    }

    /** A type that can open every image but {@code refused.img}. */
    record RefusingBackend(String type, List<BlockOption> options) implements BlockBackendFactory {
        RefusingBackend(BlockBackendFactory like) {
            this(like.type(), like.options());
        }

        @Override
        public BlockBackend open(String drive, Map<String, Object> options, boolean readOnly) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void check(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
            if (String.valueOf(options.get("path")).endsWith("refused.img")) {
                throw new IOException("refused.img");
            }
        }
    }

    private record Policy(String type, boolean bursts) implements ThrottlePolicyFactory {
        @Override
        public List<LimitFault> faults(ThrottleLimits limits) {
            return LimitKey.ALL.stream()
                    .filter(limit -> !bursts && limits.max(limit) > 0)
                    .map(limit -> new LimitFault(
                            limit.key() + "_max", limits.max(limit), "policy " + type + " has no bursts"))
                    .toList();
        }

        @Override
        public ThrottlePolicy create(ThrottleLimits limits, ThrottleDebt owed, long now) {
            throw new UnsupportedOperationException();
        }
    }
}
