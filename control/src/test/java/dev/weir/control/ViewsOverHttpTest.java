package dev.weir.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weir.control.RawHttp.Reply;
import dev.weir.throttle.ThrottleLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shows drives, groups and types over the Unix socket. */
final class ViewsOverHttpTest {
    private final Path folder;
    private final ApiFixture weir;

    ViewsOverHttpTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        weir = new ApiFixture(folder);
    }

    @AfterEach
    void close() {
        weir.close();
    }

    private JsonElement json(String path) throws IOException {
        Reply reply = weir.get(path);
        assertEquals(200, reply.status(), reply.body());
        assertEquals("application/json", reply.header("Content-Type"));
        return JsonParser.parseString(reply.body());
    }

    @Test
    void drivesAreListedWithTheFieldsOfTheShell() throws IOException {
        JsonArray drives = json("/v1/drives").getAsJsonArray();
        List<String> names = new ArrayList<>();
        drives.forEach(drive -> names.add(drive.getAsJsonObject().get("name").getAsString()));
        assertEquals(List.of("scratch", "vm1"), names);
        JsonObject vm1 = drives.get(1).getAsJsonObject();
        assertEquals("serving", vm1.get("state").getAsString());
        assertEquals(1 << 20, vm1.get("size_bytes").getAsInt());
        assertEquals("tenant-a", vm1.get("group").getAsString());
        assertEquals("{\"bps\":10485760}", vm1.get("limits").toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1",
                "/v1/status",
                "/v1/policies",
                "/v1/backends",
                "/v1/filters",
                "/v1/groups",
                "/v1/groups/tenant-a",
                "/v1/groups/tenant-a/limits",
                "/v1/drives/vm1",
                "/v1/drives/vm1/limits",
                "/v1/drives/vm1/queue",
                "/v1/drives/vm1/timers",
                "/v1/drives/vm1/faults",
                "/v1/queue",
                "/v1/queue?drive=vm1",
                "/v1/timers"
            })
    void pathIsAnswered(String path) throws IOException {
        assertTrue(json(path).toString().length() > 1);
    }

    @Test
    void etagChangesWithTheSettingsOnly() throws IOException {
        String before = weir.get("/v1/drives/vm1").header("ETag");
        assertEquals(before, weir.get("/v1/drives/vm1").header("ETag"));
        assertEquals(18, before.length(), before);
        weir.weir.drive("vm1").limits(ThrottleLimits.of(Map.of("bps", 1L << 20)));
        assertNotEquals(before, weir.get("/v1/drives/vm1").header("ETag"));
    }

    @Test
    void unknownNameIsAProblemWithTheKnownOnes() throws IOException {
        Reply reply = weir.get("/v1/drives/vm2");
        assertEquals(404, reply.status());
        assertEquals("application/problem+json", reply.header("Content-Type"));
        assertEquals(
                "{\"type\":\"about:blank\",\"title\":\"Not found\",\"status\":404,"
                        + "\"detail\":\"no drive \\\"vm2\\\"; there are scratch, vm1\"}",
                reply.body());
    }

    @Test
    void otherMethodsAreNamed() throws IOException {
        Reply reply = weir.local("POST", "/v1/status", "");
        assertEquals(405, reply.status());
        assertEquals("GET, HEAD", reply.header("Allow"));
    }

    @Test
    void unknownParameterIsRefused() throws IOException {
        assertEquals(400, weir.get("/v1/drives?limit=1").status());
        assertEquals(404, weir.get("/v2/drives").status());
    }

    @Test
    void headHasNoBody() throws IOException {
        Reply reply = weir.local("HEAD", "/v1/drives/vm1", "");
        assertEquals(200, reply.status());
        assertEquals("", reply.body());
        assertTrue(Integer.parseInt(reply.header("Content-Length")) > 100);
    }

    @Test
    void socketIsForItsOwnerAloneAndGoesAway() throws IOException {
        Path socket = folder.resolve("run/api.sock");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
        try (var files = Files.list(folder.resolve("run"))) {
            assertEquals(List.of(socket), files.toList());
        }
        weir.server.close();
        assertTrue(Files.notExists(socket));
    }
}
