package dev.weir.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.control.DriveHistograms.Histogram;
import dev.weir.junit.WeirDrive;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusProtobufWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Native histograms in Prometheus' protobuf format. */
class NativeHistogramTest {

    /** The header of Prometheus 2.42 with native histograms. */
    private static final String ACCEPT = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
            + "encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,"
            + "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

    @RegisterExtension
    final WeirDrive disk = WeirDrive.memory(WeirDrive.MIB).limit("iops", 1);

    private final MetricsEndpoint endpoint = new MetricsEndpoint();

    @AfterEach
    void stop() {
        endpoint.stop();
    }

    /** Returns the values of a field in a message's text. */
    private static List<Double> fields(String text, String name) {
        return Pattern.compile("\\b" + name + ": (\\S+)")
                .matcher(text)
                .results()
                .map((MatchResult field) -> Double.valueOf(field.group(1).replace("inf", "Infinity")))
                .toList();
    }

    /** Returns the counts of the buckets above the zero bucket by number; none is empty. */
    private static NavigableMap<Integer, Long> counts(String text) {
        NavigableMap<Integer, Long> counts = new TreeMap<>();
        List<Double> offsets = fields(text, "offset");
        List<Double> lengths = fields(text, "length");
        List<Double> deltas = fields(text, "positive_delta");
        int bucket = 0;
        int next = 0;
        long count = 0;
        for (int span = 0; span < lengths.size(); span++) {
            bucket += offsets.get(span).intValue();
            for (int i = 0; i < lengths.get(span).intValue(); i++, bucket++) {
                count += deltas.get(next++).longValue();
                if (count > 0) {
                    counts.put(bucket, count);
                }
            }
        }
        return counts;
    }

    @Test
    void bothFormsCountEachLatencyOnce() {
        long[] latencies = LongStream.concat(
                        new Random(1).doubles(1000, 0, 46).mapToLong(power -> (long) Math.pow(2, power)),
                        LongStream.of(0, 14, 15, 1_000_000_000, 1_000_000_001))
                .toArray();
        NavigableMap<Integer, Long> expected = new TreeMap<>();
        for (long nanos : latencies) {
            expected.merge(Histogram.bucket(nanos), 1L, Long::sum);
        }
        long sum = LongStream.of(latencies).sum();
        MetricSnapshots.Builder snapshots = MetricSnapshots.builder();
        new Families<>(List.of(new Histogram(sum, expected)), "drive", all -> "vm1", snapshots)
                .histogram("weir_drive_held_seconds", "Help.", all -> all);
        String text = new PrometheusProtobufWriter().toDebugString(snapshots.build(), EscapingScheme.ALLOW_UTF8);
        assertEquals(List.of((double) latencies.length), fields(text, "sample_count"), text);
        assertEquals(List.of(sum / 1e9), fields(text, "sample_sum"));
        assertEquals(List.of((double) Histogram.SCHEMA), fields(text, "schema"));
        assertEquals(List.of(Math.pow(2, -26)), fields(text, "zero_threshold"));
        assertEquals(
                List.of((double)
                        LongStream.of(latencies).filter(nanos -> nanos <= 14).count()),
                fields(text, "zero_count"));
        assertEquals(expected.tailMap(Histogram.LOWEST, false), counts(text));
        List<Double> bounds = fields(text, "upper_bound");
        List<Double> cumulative = fields(text, "cumulative_count");
        assertEquals(13, bounds.size());
        for (int i = 0; i < bounds.size(); i++) {
            double bound = bounds.get(i);
            long below = LongStream.of(latencies)
                    .filter(nanos -> nanos <= bound * 1e9)
                    .count();
            assertEquals(below, cumulative.get(i), () -> "up to " + bound);
        }
    }

    @Test
    void protobufIsGivenIfAccepted() throws IOException, InterruptedException {
        endpoint.drives = List.of(disk.control());
        endpoint.configure(new MetricsTest.Listen("tcp:127.0.0.1:0"));
        try (SeekableByteChannel channel = disk.channel()) {
            for (int i = 0; i < 2; i++) { // the second waits for most of a second
                channel.position(0).read(ByteBuffer.allocate(512));
            }
        }
        String address = "http://127.0.0.1:" + endpoint.port() + "/metrics";
        HttpResponse<byte[]> answer = get(address);
        String type = answer.headers().firstValue("Content-Type").orElse("");
        assertTrue(type.startsWith("application/vnd.google.protobuf"), type);
        assertTrue(new String(answer.body(), StandardCharsets.ISO_8859_1).contains("weir_drive_held_seconds"));
        assertTrue(disk.control().histograms().held().count() > 0);
        String text = new String(
                get(address + "?debug=prometheus-protobuf&name[]=weir_drive_held_seconds")
                        .body(),
                StandardCharsets.UTF_8);
        assertEquals(disk.control().histograms().held().counts().tailMap(Histogram.LOWEST, false), counts(text), text);
    }

    private static HttpResponse<byte[]> get(String address) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                .header("Accept", ACCEPT)
                .timeout(Duration.ofSeconds(30))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
    }
}
