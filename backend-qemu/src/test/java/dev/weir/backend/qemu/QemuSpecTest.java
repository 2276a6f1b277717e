package dev.weir.backend.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options of a drive and the node that QEMU opens for them. */
class QemuSpecTest {
    private final Path image;

    QemuSpecTest(@TempDir Path folder) throws IOException {
        image = folder.resolve("a \"b\",c.img");
        write("QFI\u00fb\0\0\0\3");
    }

    private void write(String head) throws IOException {
        byte[] bytes = new byte[1024];
        byte[] first = head.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(first, 0, bytes, 0, first.length);
        Files.write(image, bytes);
    }

    private String node(Map<String, Object> more, boolean readOnly) throws IOException {
        Map<String, Object> options = new HashMap<>(more);
        options.put("path", image.toString());
        return BlockNode.of(QemuSpec.of("vm1", options, readOnly)).toString();
    }

    private static String refusal(Map<String, Object> options) {
        return String.valueOf(assertThrows(IOException.class, () -> BlockNode.of(QemuSpec.of("vm1", options, false)))
                .getMessage());
    }

    @Test
    void pathIsAnEscapedFileName() throws IOException {
        assertEquals(
                JsonParser.parseString(
                        """
                        {"driver": "qcow2", "file": {"driver": "file", "filename": "%s"}, "node-name": "weir",
                         "read-only": false, "discard": "unmap", "cache": {"direct": false}}
                        """
                                .formatted(image.toString().replace("\"", "\\\""))),
                JsonParser.parseString(node(Map.of(), false)));
    }

    @Test
    void cacheModeAndAccessAreInTheNode() throws IOException {
        String node = node(Map.of("cache", "none", "format", "qcow2"), true);
        assertTrue(node.contains("\"cache\":{\"direct\":true}"), node);
        assertTrue(node.contains("\"read-only\":true"), node);
    }

    @Test
    void deviceFileIsAHostDevice() throws IOException {
        String node = BlockNode.of(QemuSpec.of("vm1", Map.of("path", "/dev/null", "format", "raw"), true))
                .toString();
        assertTrue(node.contains("{\"driver\":\"host_device\",\"filename\":\"/dev/null\"}"), node);
    }

    @Test
    void blockdevIsTheNodeOrItsFile() throws IOException {
        String rbd = "{\"driver\": \"rbd\", \"pool\": \"p\", \"image\": \"i\", \"discard\": \"ignore\"}";
        assertEquals(
                "{\"driver\":\"rbd\",\"pool\":\"p\",\"image\":\"i\",\"discard\":\"ignore\",\"node-name\":\"weir\","
                        + "\"read-only\":false,\"cache\":{\"direct\":false}}",
                BlockNode.of(QemuSpec.of("vm1", Map.of("blockdev", rbd), false)).toString());
        String node = BlockNode.of(QemuSpec.of("vm1", Map.of("blockdev", rbd, "format", "qcow2"), false))
                .toString();
        assertTrue(node.startsWith("{\"driver\":\"qcow2\",\"file\":{\"driver\":\"rbd\""), node);
    }

    /** A guest of a raw disk could have written the header. */
    @Test
    void headerThatNamesAnotherFileNeedsItsFormat() throws IOException {
        write("QFI\u00fb\0\0\0\3\0\0\0\0\0\0\1\0");
        String refusal = refusal(Map.of("path", image.toString()));
        assertEquals(
                "path = " + image + ": is a qcow2 image that may name other files of this host; set format = qcow2 if"
                        + " it is yours",
                refusal);
        node(Map.of("format", "qcow2"), false);
    }

    @Test
    void unknownFormatIsNeverGuessed() throws IOException {
        write("");
        assertEquals(
                "path = " + image + ": shows no known format; set format, or use the backend file for a raw image",
                refusal(Map.of("path", image.toString())));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "blockdev | {} | blockdev.driver: must be set, for example to rbd",
                "blockdev | [] | blockdev = []: must be a block { driver = …, … }",
                "blockdev | { | blockdev = {: is not JSON: ",
                "blockdev | {\"driver\":\"rbd\",\"read-only\":true} | blockdev.read-only: is set by Weir; use read-only of the drive",
                "blockdev | {\"driver\":\"rbd\",\"cache\":{}} | blockdev.cache: is set by Weir; use cache of the backend",
                "path | /nonexistent/a | path = /nonexistent/a: is missing; set create = true and a size to create it",
                "path | /tmp | path = /tmp: is a directory; must be an image or a block device",
                "none | - | path is missing: a qemu drive requires path or blockdev",
            })
    void storageThatIsRefused(String option, String value, String message) {
        String refusal = refusal(Map.of(option, value));
        assertTrue(refusal.startsWith(message), refusal);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "format | qcow3 | format = qcow3: must be one of bochs, cloop, dmg, parallels, qcow, qcow2, qed, raw, vdi, vhdx, vmdk, vpc",
                "cache | unsafe | cache = unsafe: must be one of writeback, none, writethrough, directsync",
                "blockdev | {\"driver\":\"rbd\"} | blockdev: cannot be combined with path",
            })
    void optionThatIsRefused(String option, String value, String message) {
        assertEquals(message, refusal(Map.of("path", image.toString(), option, value)));
    }

    @Test
    void creationNeedsAPathASizeAndQcow2() {
        assertEquals("create = true: requires a size", refusal(Map.of("path", "/a", "create", true)));
        assertEquals(
                "create = true: creates qcow2 images only; format = raw is created by the backend file",
                refusal(Map.of("path", "/a", "create", true, "size", 1L, "format", "raw")));
        assertEquals(
                "create = true: requires a path; a blockdev must exist",
                refusal(Map.of("blockdev", "{\"driver\":\"rbd\"}", "create", true, "size", 1L)));
        assertEquals("size = 0: must be 1 byte or more", refusal(Map.of("path", "/a", "size", 0L)));
    }
}
