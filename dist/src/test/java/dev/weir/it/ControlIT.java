package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.testkit.tls.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripts of curl and jq create, change and remove drives over the Unix socket, and over TLS with a token. */
class ControlIT {
    /** Creates drives and counts them. The function api METHOD PATH [BODY] comes first. */
    private static final String CREATE =
            """
            for i in $(seq $DRIVES); do
              api PUT drives/d$i '{"backend":{"type":"memory","size":"8MiB"},"limits":{"iops":"1k"}}' >/dev/null
            done
            api GET drives | jq -e --argjson n $DRIVES 'map(select(.name | startswith("d"))) | length == $n'
            api GET drives | jq -e 'all(.[]; .state == "serving")'
            """;

    private static final String CHANGE =
            """
            etag=$(curl -sf -o /dev/null -D - $CURL $URL/v1/drives/d1 | sed -n 's/^ETag: *//Ip' | tr -d '\\r')
            curl -sf $CURL -X PATCH -H "If-Match: $etag" -H 'Content-Type: application/json' \
              -d '{"iops":500}' $URL/v1/drives/d1/limits | jq -e '.limits.iops == 500'
            [ "$(curl -s -o /dev/null -w '%{http_code}' $CURL -X PATCH -H "If-Match: $etag" \
              -H 'Content-Type: application/json' -d '{"iops":1}' $URL/v1/drives/d1/limits)" = 412 ]
            for i in $(seq $DRIVES); do api PATCH drives/d$i '{"limits":{"iops":"2k"}}' >/dev/null; done
            api GET drives/d2 | jq -e '.limits.iops == 2000 and (.set_by.iops | startswith("weir.d/"))'
            """;

    private static final String FIND =
            "api GET drives | jq -e --argjson n $DRIVES 'map(select(.limits.iops == 2000)) | length == $n'\n";

    private static final String REMOVE =
            """
            for i in $(seq $DRIVES); do api DELETE drives/d$i; done
            api GET drives | jq -e 'map(.name) == ["own"]'
            [ "$(curl -s -o /dev/null -w '%{http_code}' $CURL -X DELETE $URL/v1/drives/own)" = 409 ]
            """;

    private static final String LOAD = "[load]\nuri=%s\nrw=randrw\nbs=4k\niodepth=8\nsize=8m\nverify=crc32c\n";

    @TempDir
    private Path folder;

    @BeforeEach
    void needClients() {
        Client.need("curl", "jq", "fio");
    }

    private Path configuration(String control) throws IOException {
        return Files.writeString(
                folder.resolve("weir.conf"),
                "weir { drives.own.backend { type = memory, size = 8MiB }\n" + control + "\n}");
    }

    private Weir start(Path file) {
        return Weir.start(folder.resolve("home"), "--config", file.toString());
    }

    /** Runs a script; any command that fails ends it. */
    private static void script(String url, String curl, int drives, String script) {
        String api =
                """
                set -eu
                URL='%s' CURL='%s' DRIVES=%d
                api() {
                  if [ $# -gt 2 ]; then
                    curl -sSf $CURL -X "$1" -H 'Content-Type: application/json' -d "$3" "$URL/v1/$2"
                  else
                    curl -sSf $CURL -X "$1" "$URL/v1/$2"
                  fi
                }
                """
                        .formatted(url, curl, drives);
        Client.run("bash", "-c", api + script).ok();
    }

    @Test
    void scriptManagesHundredDrivesOverTheSocket() throws Exception {
        Path socket = folder.resolve("api.sock");
        Path file = configuration("control.listen = \"unix:" + socket + "\"");
        String curl = "--unix-socket " + socket + " --retry 20 --retry-delay 1 --retry-connrefused";
        long logged = 0;
        try (Weir weir = start(file)) {
            weir.awaitLogged("the HTTP API is at unix:", logged);
            script("http://localhost", curl, 100, CREATE);
            try (FioLoad load = FioLoad.start(folder, LOAD.formatted(weir.uri("d1")))) {
                script("http://localhost", curl, 100, CHANGE);
                load.stop();
            }
            logged = weir.logged();
        }
        try (Weir weir = start(file)) {
            weir.awaitLogged("the HTTP API is at unix:", logged);
            script("http://localhost", curl, 100, FIND + REMOVE);
        }
    }

    @Test
    void scriptManagesDrivesOverTlsWithAToken() throws IOException {
        Client.need("openssl");
        TestCertificate tls = TestCertificate.in(folder);
        Path file = configuration(
                """
                nbd { tls = optional, tls-certificate = "%s", tls-key = "%s" }
                control.listen = "tcp:127.0.0.1:0"
                """
                        .formatted(tls.certificate(), tls.key()));
        try (Weir weir = start(file)) {
            weir.awaitLogged("the HTTP API is at tcp:127.0.0.1:", 0);
            String port = weir.log().replaceFirst("(?s).*the HTTP API is at tcp:127.0.0.1:(\\d+).*", "$1");
            String token = weir.exec("token add script").ok().out().strip();
            String url = "https://127.0.0.1:" + port;
            assertEquals(
                    "401",
                    Client.run(
                                    "curl",
                                    "-s",
                                    "-o",
                                    "/dev/null",
                                    "-w",
                                    "%{http_code}",
                                    "--cacert",
                                    tls.certificate().toString(),
                                    url + "/v1/drives")
                            .ok()
                            .out());
            Path header = Files.writeString(folder.resolve("header"), "Authorization: Bearer " + token + "\n");
            script(url, "--cacert " + tls.certificate() + " -H @" + header, 10, CREATE + CHANGE + FIND + REMOVE);
            assertTrue(weir.exec("token revoke script").ok().out().contains("no tokens"));
        }
    }

    @Test
    void nothingOfTheServerIsLoadedWhileOff() throws IOException {
        Path file = configuration("");
        try (Weir weir = start(file)) {
            Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
            String classes = Client.run(jcmd.toString(), Long.toString(weir.pid()), "GC.class_histogram")
                    .ok()
                    .out();
            assertTrue(classes.contains("dev.weir.engine.Engine"), "no histogram");
            List<String> loaded = classes.lines()
                    .filter(line -> line.contains("dev.weir.control") || line.contains("org.eclipse.jetty"))
                    .toList();
            assertEquals(List.of(), loaded);
            Client.Result token = weir.exec("token");
            assertEquals(1, token.status());
            assertTrue(token.err().contains("the HTTP API is off; set control.listen"), token::err);
        }
    }
}
