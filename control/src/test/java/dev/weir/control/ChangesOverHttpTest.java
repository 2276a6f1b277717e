package dev.weir.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.weir.control.RawHttp.Reply;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.definition.Definition.Kind;
import dev.weir.drive.definition.DefinitionChange;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Changes running drives and groups over the Unix socket. */
final class ChangesOverHttpTest {
    private final ApiFixture weir;

    ChangesOverHttpTest(@TempDir Path folder) throws IOException {
        weir = new ApiFixture(folder);
    }

    @AfterEach
    void close() {
        weir.close();
    }

    private DriveControl vm1() {
        return weir.weir.drive("vm1");
    }

    private static String limits(Reply reply) {
        assertEquals(200, reply.status(), reply.body());
        return JsonParser.parseString(reply.body())
                .getAsJsonObject()
                .get("limits")
                .toString();
    }

    @Test
    void limitsArePatchedInTheUnitsOfTheFile() throws IOException {
        String path = "/v1/drives/vm1/limits";
        assertEquals("{\"bps\":10485760,\"iops\":5000}", limits(weir.local("PATCH", path, "{\"iops\":\"5k\"}")));
        assertEquals("{\"iops\":5000}", limits(weir.local("PATCH", path, "{\"bps\":null}")));
        assertEquals(5000, vm1().snapshot().limits().rate(LimitKey.IOPS));
    }

    @Test
    void refusedLimitChangesNothing() throws IOException {
        String path = "/v1/drives/vm1/limits";
        Reply reply = weir.local("PATCH", path, "{\"iops\":100,\"bps\":-5}");
        assertEquals(422, reply.status());
        assertTrue(reply.body().contains("bps = -5: must be 0 (no limit) or more"), reply.body());
        assertEquals("{\"bps\":10485760}", limits(weir.get(path)));
    }

    @Test
    void changeOfAnOldVersionIsRefused() throws IOException {
        String old = weir.get("/v1/drives/vm1").header("ETag");
        String match = "Host: a\r\nIf-Match: " + old + "\r\n";
        String path = "/v1/drives/vm1/limits";
        assertEquals(
                200,
                RawHttp.request(weir.unix, "PATCH", path, match, "{\"iops\":1}").status());
        Reply refused = RawHttp.request(weir.unix, "PATCH", path, match, "{\"iops\":2}");
        assertEquals(412, refused.status());
        assertEquals(1, vm1().snapshot().limits().rate(LimitKey.IOPS));
    }

    @Test
    void changesAtTheSameTimeAreAllKept() throws Exception {
        List<String> keys = List.of("iops_rd", "iops_wr", "bps_rd", "bps_wr");
        String path = "/v1/drives/scratch/limits";
        ExecutorService clients = Executors.newFixedThreadPool(keys.size() + 1);
        try {
            for (int i = 1; i <= 50; i++) {
                String value = String.valueOf(i);
                List<Callable<Object>> changes = new ArrayList<>();
                changes.add(() -> changeAsTheShell("iops", Long.parseLong(value)));
                keys.forEach(key -> changes.add(() -> weir.local("PATCH", path, "{\"" + key + "\":" + value + "}")));
                clients.invokeAll(changes);
                Map<String, Long> limits =
                        weir.weir.drive("scratch").snapshot().limits().toMap();
                keys.forEach(key -> assertEquals(Long.valueOf(value), limits.get(key), key));
                assertEquals(Long.valueOf(value), limits.get("iops"));
            }
        } finally {
            clients.shutdown();
        }
    }

    private DriveSnapshot changeAsTheShell(String key, long value) {
        DriveControl drive = weir.weir.drive("scratch");
        return drive.exclusively(() -> {
            ThrottleLimits now = drive.snapshot().limits();
            drive.limits(now.changed(Map.of(key, value), ThrottleLimits.NONE));
            return drive.snapshot();
        });
    }

    @Test
    void definitionsOfADriveChangeInTurn() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Reply>> changes =
                    Collections.nCopies(40, () -> weir.local("PATCH", "/v1/drives/vm1", "{\"limits\":{\"iops\":1}}"));
            for (Future<Reply> reply : clients.invokeAll(changes)) {
                assertEquals(200, reply.get().status());
            }
        } finally {
            clients.shutdown();
        }
        // another change between the check of If-Match and the change would be lost
        assertEquals(1, weir.weir.definitions.mostTogether.get());
    }

    @Test
    void conditionsOfAPutAreKept() throws IOException {
        String body = "{\"backend\":{\"type\":\"memory\"}}";
        Reply absent = RawHttp.request(weir.unix, "PUT", "/v1/drives/absent", "Host: a\r\nIf-Match: *\r\n", body);
        assertEquals(412, absent.status(), absent.body());
        String isNew = "Host: a\r\nIf-None-Match: *\r\n";
        RawHttp.request(weir.unix, "PUT", "/v1/drives/new", isNew, body);
        assertEquals(
                List.of(DefinitionChange.add(Kind.DRIVE, "new", Map.of("backend", Map.of("type", "memory")))),
                weir.weir.definitions.changes);
        assertEquals(
                400,
                RawHttp.request(weir.unix, "PATCH", "/v1/drives/vm1", isNew, "{}")
                        .status());
    }

    @Test
    void policyChanges() throws IOException {
        assertEquals(
                200,
                weir.local("PUT", "/v1/drives/vm1/policy", "{\"policy\":\"slice\"}")
                        .status());
        assertEquals("slice", vm1().snapshot().policy());
        Reply reply = weir.local("PUT", "/v1/drives/vm1/policy", "{\"policy\":\"none\"}");
        assertEquals(422, reply.status());
        assertTrue(reply.body().contains("there are bucket, slice"), reply.body());
    }

    @Test
    void faultIsSetShownAndCleared() throws IOException {
        String path = "/v1/drives/vm1/faults/slow";
        Reply set =
                weir.local("PUT", path, "{\"on\":[\"read\",\"write\"],\"latency\":{\"p50\":\"2ms\",\"p99\":\"9ms\"}}");
        assertEquals(200, set.status(), set.body());
        assertTrue(set.body().contains("\"fault\":\"slow\""), set.body());
        assertEquals(1, vm1().faults().list().size());
        assertEquals(204, weir.local("DELETE", path, "").status());
        assertEquals(404, weir.local("DELETE", path, "").status());
        assertEquals(0, vm1().faults().list().size());
    }

    @Test
    void powerCutTellsTheLostWrites() throws IOException {
        Reply without = weir.local("POST", "/v1/drives/vm1/power-cut", "{}");
        assertEquals(422, without.status(), without.body());
        assertEquals(
                200,
                weir.local("PUT", "/v1/drives/vm1/faults/power-cut", "{\"on\":true}")
                        .status());
        Reply cut = weir.local("POST", "/v1/drives/vm1/power-cut", "{\"keep\":\"all\",\"seed\":7}");
        assertEquals(200, cut.status(), cut.body());
        assertTrue(cut.body().contains("\"lost_writes\":0"), cut.body());
    }

    @Test
    void driveGrowsAndShrinksOnlyIfPermitted() throws IOException {
        String path = "/v1/drives/scratch/resize";
        assertEquals(200, weir.local("POST", path, "{\"size\":\"2MiB\"}").status());
        Reply refused = weir.local("POST", path, "{\"size\":\"1MiB\"}");
        assertEquals(422, refused.status());
        assertTrue(refused.body().contains("shrink permits that"), refused.body());
        assertEquals(
                200,
                weir.local("POST", path, "{\"size\":1048576,\"shrink\":true}").status());
    }

    @Test
    void groupChanges() throws IOException {
        assertEquals(
                "{\"bps\":1048576,\"iops\":2000}",
                limits(weir.local("PATCH", "/v1/groups/tenant-a/limits", "{\"bps\":\"1MiB\"}")));
        Reply share = weir.local("PATCH", "/v1/groups/tenant-a/share", "{\"weight\":3}");
        assertEquals(200, share.status(), share.body());
        assertTrue(share.body().contains("\"weight\":3"), share.body());
        Reply own = weir.local("PATCH", "/v1/groups/tenant-a/share", "{\"parent\":\"tenant-a\"}");
        assertEquals(422, own.status(), own.body());
    }

    @Test
    void definitionsArePutPatchedRenamedAndDeleted() throws IOException {
        Reply put = weir.local("PUT", "/v1/drives/new?temporary=true", "{\"backend\":{\"type\":\"memory\"}}");
        assertEquals(200, put.status(), put.body());
        assertTrue(put.body().contains("\"hocon\":\"limits { bps = 1 }\""), put.body());
        assertEquals(
                200,
                weir.local("PATCH", "/v1/groups/tenant-a?dry-run=true", "{\"weight\":null}")
                        .status());
        assertEquals(
                200,
                weir.local("POST", "/v1/drives/vm1/rename", "{\"name\":\"vm2\"}")
                        .status());
        assertEquals(
                400,
                weir.local("DELETE", "/v1/drives/vm1?delete-storage=vm2", "").status());
        assertEquals(
                204,
                weir.local("DELETE", "/v1/drives/vm1?delete-storage=vm1", "").status());
        List<DefinitionChange> made = weir.weir.definitions.changes;
        assertEquals(
                List.of(
                        DefinitionChange.put(Kind.DRIVE, "new", Map.of("backend", Map.of("type", "memory")))
                                .temporary(),
                        DefinitionChange.set(Kind.GROUP, "tenant-a", Collections.singletonMap("weight", null))
                                .dryRun(),
                        DefinitionChange.rename(Kind.DRIVE, "vm1", "vm2"),
                        DefinitionChange.remove(Kind.DRIVE, "vm1").withStorage()),
                made);
    }

    @Test
    void operatorsDriveIsAConflictWithItsLine() throws IOException {
        Reply reply = weir.local("DELETE", "/v1/drives/operators", "");
        assertEquals(409, reply.status());
        assertTrue(
                reply.body()
                        .endsWith("\"faults\":[{\"file\":\"weir.conf\",\"line\":14,\"key\":\"drives.operators\","
                                + "\"value\":\"\",\"rule\":\"is defined in this file\"}]}"),
                reply.body());
    }

    @Test
    void shareOfADriveChanges() throws IOException {
        Reply reply = weir.local("PATCH", "/v1/drives/vm1/share", "{\"weight\":7,\"min\":{\"iops\":\"1k\"}}");
        assertEquals(200, reply.status(), reply.body());
        assertEquals(7, vm1().snapshot().share().weight());
        assertEquals(1000, vm1().snapshot().share().minIops());
        assertEquals(200, weir.local("PATCH", "/v1/drives/vm1/share", "{}").status());
        assertEquals(7, vm1().snapshot().share().weight());
    }

    @Test
    void rejectedReloadListsTheLinesOfTheShell() throws IOException {
        weir.weir.configuration.faults = List.of("weir.conf:1: a = b: must be a number", "weir.conf:2: c");
        Reply reply = weir.local("POST", "/v1/reload", "{}");
        assertEquals(422, reply.status(), reply.body());
        assertEquals("application/problem+json", reply.header("Content-Type"));
        assertTrue(
                reply.body()
                        .endsWith("\"detail\":\"nothing was changed\","
                                + "\"lines\":[\"weir.conf:1: a = b: must be a number\",\"weir.conf:2: c\"]}"),
                reply.body());
    }

    @Test
    void reloadRestoresOnlyOnRequest() throws IOException {
        limits(weir.local("PATCH", "/v1/drives/vm1/limits", "{\"iops\":5}"));
        Reply kept = weir.local("POST", "/v1/reload", "");
        assertEquals(200, kept.status(), kept.body());
        assertTrue(kept.body().contains("\"overridden\":[\"vm1\"]"), kept.body());
        Reply restored = weir.local("POST", "/v1/reload", "{\"restore\":true}");
        assertTrue(restored.body().contains("\"restored\":{\"drive vm1\":\"iops=0\"}"), restored.body());
        assertEquals(0, vm1().snapshot().limits().rate(LimitKey.IOPS));
    }

    @Test
    void limitsOfTheClusterChange() throws IOException {
        String path = "/v1/cluster/groups/tenant-a/limits";
        Reply reply = weir.local("PATCH", path, "{\"iops\":\"20k\"}");
        assertEquals(200, reply.status(), reply.body());
        assertTrue(reply.body().contains("\"limits\":{\"iops\":20000}"), reply.body());
        assertEquals(404, weir.local("PATCH", path.replace("-a", "-z"), "{}").status());
        weir.weir.leaveCluster();
        Reply off = weir.local("PATCH", path, "{\"iops\":1}");
        assertEquals(404, off.status());
        assertTrue(off.body().contains("weir.cluster in the configuration turns it on"), off.body());
    }

    @Test
    void limitsAreSavedOnAllHosts() throws IOException {
        String path = "/v1/cluster/groups/tenant-a/limits?save=true";
        Reply reply = weir.local("PATCH", path, "{\"iops\":\"20k\"}");
        assertEquals(200, reply.status(), reply.body());
        assertTrue(reply.body().contains("\"limits\":{\"iops\":20000}"), reply.body());
        Reply refused = weir.local("PATCH", path, "{\"iops\":1}");
        assertEquals(422, refused.status());
        assertTrue(refused.body().contains("h2: weir.conf:3"), refused.body());
        assertEquals(400, weir.local("PATCH", path + "x", "{}").status());
        Reply check = weir.local("PATCH", path + "&dry-run=true", "{\"iops\":\"30k\"}");
        assertEquals(200, check.status(), check.body());
        assertTrue(check.body().contains("\"limits\":{\"iops\":20000}"), check.body());
        assertEquals(
                422, weir.local("PATCH", path + "&dry-run=true", "{\"iops\":1}").status());
    }

    @Test
    void drainOfAGroupLiftsTheLimitsOfItsDrives() throws IOException {
        limits(weir.local("PATCH", "/v1/groups/tenant-a/limits", "{\"iops\":1}"));
        try (ReadLoad load = weir.load("vm1", 20)) {
            assertTrue(weir.get("/v1/groups/tenant-a/queue").body().contains("\"drive\":\"vm1\""), load.toString());
            load.finish();
            Reply idle = weir.local("POST", "/v1/groups/tenant-a/drain", "");
            assertEquals(200, idle.status(), idle.body());
            assertTrue(vm1().snapshot().counters().reads() >= 20, "the limits were not lifted");
        }
    }

    @Test
    void drainOfABusyGroupNamesItsDrives() throws IOException {
        assertEquals(
                200,
                weir.local("PUT", "/v1/drives/vm1/faults/stuck", "{\"on\":[\"read\"],\"hang\":\"until-cleared\"}")
                        .status());
        try (ReadLoad load = weir.load("vm1", 1)) {
            Reply busy = weir.local("POST", "/v1/groups/tenant-a/drain", "{\"seconds\":1}");
            assertEquals(503, busy.status(), busy.body() + load);
            assertTrue(busy.body().contains("still busy after 1 s: vm1; the limits apply again"), busy.body());
        }
    }

    @Test
    void faultsOfAGroupAreThoseOfItsDrives() throws IOException {
        weir.weir.prepare();
        assertTrue(weir.get("/v1/faults?group=tenant-a").body().contains("\"drive\":\"vm1\""));
        assertEquals("[]", weir.get("/v1/faults?drive=scratch").body());
        assertEquals(400, weir.get("/v1/faults?drive=vm1&group=tenant-a").status());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            PATCH | /v1/drives/vm1/limits     | {"bps":1            | 400 | line 1 column
            PATCH | /v1/drives/vm1/limits     | [1]                 | 400 | one JSON object
            PATCH | /v1/drives/vm1/limits     | {"bps":1}{}         | 400 | one JSON object
            PATCH | /v1/drives/vm1/limits     | {"bsp":1}           | 422 | bsp: unknown key; did you mean bps?
            PATCH | /v1/drives/vm1/limits     | {"limits":{}}       | 422 | unknown key; choose from bps, bps_max,
            PATCH | /v1/drives/vm1/limits     | {"bps":"10X"}       | 422 | bps = 10X: must be a number of bytes
            PATCH | /v1/drives/vm1/limits     | {"bps":1.5}         | 422 | must be a whole number
            PATCH | /v1/drives/vm1/limits     | {"bps":true}        | 422 | bps = true: must be a number
            PATCH | /v1/drives/vm1/limits     | {"bps":{"a":1}}     | 422 | must be a number
            PUT   | /v1/drives/vm1/policy     | {}                  | 422 | policy = null: must be a text
            PUT   | /v1/drives/vm1/policy     | {"policy":"slice","x":1} | 422 | x: unknown field
            POST  | /v1/drives/vm1/resize     | {"shrink":1,"size":1} | 422 | shrink = 1: must be true or false
            POST  | /v1/drives/vm1/drain      | {"seconds":0}       | 422 | must be a whole number from 1 to 3600
            POST  | /v1/drives/vm1/drain      | {"seconds":3601}    | 422 | must be a whole number from 1 to 3600
            PATCH | /v1/groups/tenant-a/share | {"min":{"bpd":1}}   | 422 | min.bpd: unknown key
            PATCH | /v1/groups/tenant-a/share | {"weight":"a"}      | 422 | weight = a: must be a whole number
            PUT   | /v1/drives/vm1/faults/f   | {"latency":"soon"}  | 422 | latency
            """)
    void badBodyIsRefusedWithItsRule(String method, String path, String body, int status, String rule)
            throws IOException {
        Reply reply = weir.local(method, path, body);
        assertEquals(status, reply.status(), reply.body());
        assertTrue(
                JsonParser.parseString(reply.body())
                        .getAsJsonObject()
                        .get("detail")
                        .getAsString()
                        .contains(rule),
                reply.body());
    }
}
