package dev.weir.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.drive.control.DriveSnapshot.State;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Fixes the exact JSON text because programs depend on it: fields may be added and never changed. */
final class CommandJsonTest {
    private static final String VM1 =
            """
            {"name":"vm1","state":"serving","reason":"","description":"root disk","size_bytes":10737418240,"read_only":false,
            "backend":"file","backend_options":{"create":true,"path":"/var/disks/vm1.img"},"filters":[],"faults":[],
            "policy":"bucket","policy_set_by":"default","group":"tenant-a","weight":3,"min":{"iops":100},"clients":["bob","CN=alice,O=Example"],
            "limits":{"bps":10485760,"iops":500,"iops_max":2000,"iops_max_length":30},
            "effective":{},"owed_nanos":{"bps":95000000,"iops":0},"owed_burst_nanos":{"iops":500},
            "set_by":{"bps":"weir.conf:3","iops":"weir.conf:4","iops_max":"configuration",
            "iops_max_length":"configuration"},"configured":{},
            "queued_reads":1,"queued_writes":1,"held_by":"bps, tenant-a: iops","in_flight":3,
            "rates":{"reads_per_second":0,"read_bytes_per_second":0,"writes_per_second":0,"write_bytes_per_second":0},
            "timer":{"armed":true,"due_in_nanos":87500000,"fired":1234,"last_late_nanos":40000,
            "worst_late_nanos":1200000},
            "counters":{"reads":1200,"read_bytes":4915200,"writes":30,"write_bytes":122880,"flushes":2,
            "caches":4,"block_statuses":6,"failed":5,"held":300,"cancelled":7,"reconnects":0},
            "latencies":{"held":{"measured":300,"p50_nanos":20000000,"p90_nanos":80000000,
            "p99_nanos":95000000,"p999_nanos":99000000,"max_nanos":101000000},
            "backend":{"measured":176,"p50_nanos":250,"p90_nanos":900,"p99_nanos":4000,"p999_nanos":30000,
            "max_nanos":31000}},
            "exports":[{"clients":3,"max_clients":4096,"max_requests":1024,"max_request_bytes":67108864,"bytes":12582912,"max_bytes":268435456,"min_request_bytes":4096}],
            "uris":["nbd://127.0.0.1:10809/vm1"]}""";

    private static final String SCRATCH =
            """
            {"name":"scratch","state":"unavailable","reason":"gone","description":"","size_bytes":null,"read_only":false,
            "backend":"memory","backend_options":{},"filters":[],"faults":[],"policy":"bucket","policy_set_by":"default","group":null,"weight":1,"min":{},"clients":[],"limits":{},"effective":{},"owed_nanos":{},
            "owed_burst_nanos":{},"set_by":{},"configured":{},"queued_reads":0,"queued_writes":0,"held_by":"","in_flight":0,
            "rates":{"reads_per_second":0,"read_bytes_per_second":0,"writes_per_second":0,"write_bytes_per_second":0},
            "timer":{"armed":false,"due_in_nanos":0,"fired":0,"last_late_nanos":0,"worst_late_nanos":0},
            "counters":{"reads":0,"read_bytes":0,"writes":0,"write_bytes":0,"flushes":0,
            "caches":0,"block_statuses":0,"failed":0,"held":0,"cancelled":0,"reconnects":0},
            "latencies":{"held":{"measured":0,"p50_nanos":0,"p90_nanos":0,"p99_nanos":0,"p999_nanos":0,"max_nanos":0},
            "backend":{"measured":0,"p50_nanos":0,"p90_nanos":0,"p99_nanos":0,"p999_nanos":0,"max_nanos":0}},
            "exports":[{"clients":3,"max_clients":4096,"max_requests":1024,"max_request_bytes":67108864,"bytes":12582912,"max_bytes":268435456,"min_request_bytes":4096}],
            "uris":[]}""";

    /** The time at the beginning of each object. */
    private static final Pattern TIME = Pattern.compile("(?<=^|^\\[|},)\\{\"time\":\"[0-9T:.-]+Z\",");

    private final Services services =
            TestServices.of(TestDrive.busy("vm1"), TestDrive.idle("scratch").standing(State.UNAVAILABLE, "gone"));
    private final DriveCommands drives = new DriveCommands(services);
    private final ChangeCommands changes = new ChangeCommands(services);
    private final TypeCommands types = new TypeCommands(services);

    /**
     * Compares an answer with the expected text, which is wrapped after commas for reading. Programs get one line.
     */
    private static void is(String json, @Nullable Object answer) {
        assertEquals(
                json.replace("\n", ""), TIME.matcher(String.valueOf(answer)).replaceAll("{"));
    }

    @Test
    void drives() {
        is("[" + VM1 + "," + SCRATCH + "]", drives.drives("--json"));
        is(VM1, drives.drive("--json", "vm1"));
        is(VM1, changes.policy("vm1", "bucket", "--json"));
        is("[]", new DriveCommands(TestServices.of()).drives("--json"));
    }

    @Test
    void queue() {
        is(
                """
                [{"drive":"vm1","id":41,"client":"/run/nbd.sock#3","operation":"read","offset_bytes":1048576,
                "length_bytes":4096,"age_nanos":12345678,"held_by":"bps","goes_in_nanos":87500000},
                {"drive":"vm1","id":42,"client":"/run/nbd.sock#3","operation":"write_zeroes","offset_bytes":0,
                "length_bytes":33554432,"age_nanos":1500,"held_by":"tenant-a: iops","goes_in_nanos":null}]""",
                drives.queue("--json"));
        is(
                """
                [{"drive":"vm1","held_by":"bps","waiting":1,"length_bytes":4096,"oldest_nanos":12345678,
                "all_go_in_nanos":87500000,"rates":{"reads_per_second":0,"read_bytes_per_second":0,
                "writes_per_second":0,"write_bytes_per_second":0}},
                {"drive":"vm1","held_by":"tenant-a: iops","waiting":1,"length_bytes":33554432,"oldest_nanos":1500,
                "all_go_in_nanos":null,"rates":{"reads_per_second":0,"read_bytes_per_second":0,
                "writes_per_second":0,"write_bytes_per_second":0}}]""",
                drives.queue("--summary", "--json"));
    }

    @Test
    void timers() {
        is(
                """
                [{"drive":"vm1","armed":true,"due_in_nanos":87500000,"fired":1234,"last_late_nanos":40000,
                "worst_late_nanos":1200000},
                {"drive":"scratch","armed":false,"due_in_nanos":0,"fired":0,"last_late_nanos":0,
                "worst_late_nanos":0}]""",
                drives.timers("--json"));
    }

    @Test
    void limits() {
        is(
                """
                {"drive":"vm1","policy":"bucket",
                "limits":{"bps":10485760,"iops":500,"iops_max":2000,"iops_max_length":30},
                "effective":{},"owed_nanos":{"bps":95000000,"iops":0},"owed_burst_nanos":{"iops":500},
                "set_by":{"bps":"weir.conf:3","iops":"weir.conf:4","iops_max":"configuration",
                "iops_max_length":"configuration"},"weight":3,"min":{"iops":100},"configured":{}}""",
                changes.limits("vm1", "--json"));
    }

    @Test
    void groups() {
        is(
                """
                [{"name":"tenant-a","state":"serving","reason":"","policy":"bucket",
                "policy_set_by":"default","limits":{"iops":2000},
                "effective":{},"owed_nanos":{"iops":1500000},"owed_burst_nanos":{},"set_by":{"iops":"weir.conf:4"},
                "configured":{},"parent":null,"weight":1,"min":{},"rates":{"reads_per_second":0,"read_bytes_per_second":0,
                "writes_per_second":0,"write_bytes_per_second":0},"share_percent":null,
                "drives":["vm1"],"waiting_drives":2,"queued":5},
                {"name":"tenant-b","state":"holding","reason":"policy own is missing","policy":"own",
                "policy_set_by":"default","limits":{},
                "effective":{},"owed_nanos":{},"owed_burst_nanos":{},"set_by":{},"configured":{},"parent":null,"weight":1,"min":{},
                "rates":{"reads_per_second":0,"read_bytes_per_second":0,"writes_per_second":0,"write_bytes_per_second":0},
                "share_percent":null,"drives":[],"waiting_drives":0,"queued":0}]""",
                drives.groups("--json"));
    }

    @Test
    void types() {
        is(
                """
                [{"type":"bucket","drives":["vm1","scratch"]},{"type":"slice","drives":[]}]""",
                types.policies("--json"));
        is(
                """
                [{"type":"file","options":[
                {"name":"path","kind":"path","required":true,"description":"what it is"},
                {"name":"create","kind":"flag","required":false,"description":"what it is"}]},
                {"type":"memory","options":[
                {"name":"size","kind":"bytes","required":true,"description":"what it is"}]}]""",
                types.backends("--json"));
        is(
                """
                [{"type":"trace","options":[
                {"name":"slower-than","kind":"duration","required":false,"description":"what it is"}],
                "drives":[]}]""",
                types.filters("--json"));
    }

    @Test
    void reload() {
        is(
                """
                {"changed_at":null,"is_new":false,"added":[],"changed":[],"removed":[],"reopened":[],"drives":["vm1","scratch"],
                "unavailable":{"scratch":"gone"},"restored":null,"overridden":[],
                "warnings":["weir.conf:3: drives.vm1.limits.bps = 1: slow"],"faults":[]}""",
                changes.reload("--json"));
    }

    @Test
    void status() {
        TestServices.configuration(services, List.of("vm1", "scratch"), List.of("weir.conf:1: <a> & \"b\""));
        is(
                """
                {"version":"1.0","pid":%d,"home":"/home/w","drives":[
                {"name":"vm1","state":"serving","reason":""},
                {"name":"scratch","state":"unavailable","reason":"gone"}],
                "deployed":[],
                "faults":["weir.conf:1: <a> & \\"b\\""],"warnings":[]}"""
                        .formatted(ProcessHandle.current().pid()),
                services.status("1.0", "/home/w").json());
    }
}
