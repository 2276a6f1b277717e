package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real clients and the whole protocol: capabilities, holes, errors, and features for speed. */
class NbdClientsIT {
    private static final int BYTES = 64 << 20;
    private static final int PIECE = 256 << 10;

    /** Offsets of the data in a sparse image. */
    private static final List<Integer> PIECES = List.of(0, 5 << 20, 33 << 20, BYTES - PIECE);

    @TempDir
    private static Path folder;

    private static Weir weir;

    @BeforeAll
    static void start() throws IOException {
        Path golden = Files.write(folder.resolve("golden.img"), new byte[1 << 20]);
        Path config = Files.writeString(
                folder.resolve("weir.conf"),
                """
                weir {
                  nbd.default-export = golden
                  drives {
                    memory { backend { type = memory, size = 64MiB }, description = "in memory, für alle" }
                    file   { backend { type = file, path = "file.img", size = 64MiB, create = true } }
                    golden { backend { type = file, path = "%s" }, read-only = true }
                  }
                }
                """
                        .formatted(golden));
        weir = Weir.start(folder.resolve("home"), "--config", config.toString());
    }

    @AfterAll
    static void stop() {
        if (weir != null) {
            weir.close();
        }
    }

    private static Config info(String drive) {
        String[] command = {"nbdinfo", "--json", weir.uri(drive)};
        return ConfigFactory.parseString(Client.run(command).ok().out())
                .getConfigList("exports")
                .get(0);
    }

    @Test
    void nbdinfoReportsCapabilities() {
        Client.need("nbdinfo");
        Config memory = info("memory");
        assertEquals("in memory, für alle", memory.getString("description"));
        assertEquals(BYTES, memory.getLong("export-size"));
        assertEquals(1, memory.getInt("block_size_minimum"));
        assertEquals(4096, memory.getInt("block_size_preferred"));
        assertEquals(32 << 20, memory.getInt("block_size_maximum"));
        assertEquals(List.of("base:allocation"), memory.getStringList("contexts"));
        for (String can : List.of("cache", "df", "fast_zero", "flush", "fua", "multi_conn", "trim", "zero")) {
            assertEquals(
                    0, Client.run("nbdinfo", "--can", can, weir.uri("memory")).status(), can);
        }
        for (String can : List.of("write", "trim", "zero")) {
            assertNotEquals(
                    0, Client.run("nbdinfo", "--can", can, weir.uri("golden")).status(), can);
        }
        assertEquals(
                0,
                Client.run("nbdinfo", "--is", "read-only", weir.uri("golden")).status());
    }

    @Test
    void nbdinfoListsDrivesAndTheDefault() {
        Client.need("nbdinfo");
        Config list = ConfigFactory.parseString(
                Client.run("nbdinfo", "--json", "--list", weir.uri("")).ok().out());
        assertEquals(
                List.of("file", "golden", "memory"),
                list.getConfigList("exports").stream()
                        .map(export -> export.getString("export-name"))
                        .toList());
        assertEquals(1 << 20, info("").getLong("export-size"));
    }

    private static Path sparse(String name) throws IOException {
        Path image = folder.resolve(name);
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(BYTES);
            for (int at : PIECES) {
                byte[] random = new byte[PIECE];
                new Random().nextBytes(random);
                file.seek(at);
                file.write(random);
            }
        }
        return image;
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "file"})
    void sparseImageStaysSparseWhenCopied(String drive) throws IOException {
        Client.need("nbdcopy", "nbdinfo", "qemu-img");
        String uri = weir.uri(drive);
        Path image = sparse("sparse-" + drive);
        Path copy = folder.resolve("copy-" + drive);
        Client.run("qemu-io", "-f", "raw", "-c", "write -z -u 0 64M", uri).ok();
        assertEquals(BYTES, holes(uri));

        Client.run("nbdcopy", "--destination-is-zero", image.toString(), uri).ok();
        assertEquals(BYTES - PIECES.size() * PIECE, holes(uri), 2 * PIECE);
        Client.run("nbdcopy", uri, copy.toString()).ok();
        assertEquals(-1, Files.mismatch(image, copy));
        String kib = Client.run("du", "-k", copy.toString())
                .ok()
                .out()
                .replaceAll("\\s.*", "")
                .strip();
        assertTrue(Long.parseLong(kib) < BYTES / 1024 / 4, "the copy takes " + kib + " KiB");
        Client.run("qemu-img", "compare", "-f", "raw", "-F", "raw", image.toString(), uri)
                .ok();

        Client.run("qemu-io", "-f", "raw", "-c", "discard 0 64M", uri).ok();
        assertEquals(BYTES, holes(uri));
    }

    /** Returns the total size of holes, as both clients report it. */
    private static long holes(String uri) {
        long nbdinfo = Client.run("nbdinfo", "--map", "--json", uri).json().stream()
                .filter(extent -> extent.getInt("type") == 3)
                .mapToLong(extent -> extent.getLong("length"))
                .sum();
        long qemuImg = Client.run("qemu-img", "map", "-f", "raw", "--output=json", uri).json().stream()
                .filter(extent -> extent.getBoolean("zero"))
                .mapToLong(extent -> extent.getLong("length"))
                .sum();
        assertEquals(nbdinfo, qemuImg);
        return nbdinfo;
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "file"})
    void qemuConvertsComparesAndMeasures(String drive) throws IOException {
        Client.need("qemu-img", "qemu-io");
        String uri = weir.uri(drive);
        Path image = sparse("convert-" + drive);
        Path copy = folder.resolve("converted-" + drive);
        Client.run("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", image.toString(), uri)
                .ok();
        Client.run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", uri, copy.toString())
                .ok();
        Client.run("qemu-img", "compare", "-f", "raw", "-F", "qcow2", image.toString(), copy.toString())
                .ok();
        Client.run("qemu-img", "bench", "-f", "raw", "-c", "2000", "-d", "32", uri)
                .ok();
        String io = Client.run(
                        "qemu-io",
                        "-f",
                        "raw",
                        "-c",
                        "write -P 7 4k 64k",
                        "-c",
                        "write -z 8k 4k",
                        "-c",
                        "aio_write -f -P 9 1M 1M",
                        "-c",
                        "aio_flush",
                        "-c",
                        "read -P 7 4k 4k",
                        "-c",
                        "read -P 0 8k 4k",
                        "-c",
                        "read -P 9 1M 1M",
                        uri)
                .ok()
                .out();
        assertTrue(!io.contains("fail"), io);
    }

    @Test
    void nbdshSeesHolesErrorsAndFlags() {
        Client.need("nbdsh");
        ProcessBuilder nbdsh = Client.nbdsh(NBDSH);
        nbdsh.environment().put("WEIR_SOCKET", weir.socket().toString());
        Client.Result result = Client.run(nbdsh, "");
        assertTrue(result.ok().out().endsWith("all is well\n"), result.out() + result.err());
    }

    private static final String NBDSH =
            """
            import errno, os
            size = 64 << 20

            def connect(name, **flags):
                c = nbd.NBD()
                c.set_export_name(name)
                c.add_meta_context(nbd.CONTEXT_BASE_ALLOCATION)
                c.set_strict_mode(0)
                c.connect_unix(os.environ["WEIR_SOCKET"])
                return c

            def fails(number, call, *args):
                try:
                    call(*args)
                except nbd.Error as e:
                    assert e.errnum == number, (e.errnum, number, str(e))
                    assert "/" not in e.string.replace("I/O", ""), e.string
                    return
                raise AssertionError("no error")

            def extents(c, length, offset, flags=0):
                got = []
                c.block_status(length, offset, lambda context, o, entries, err: got.extend(entries), flags)
                return got

            c, other = connect("memory"), connect("memory")
            assert c.get_structured_replies_negotiated()
            c.zero(size, 0)
            assert extents(c, size, 0) == [size, 3]
            c.pwrite(b"x" * 65536, 1 << 20)
            assert extents(c, size, 0) == [1 << 20, 3, 65536, 0, size - (1 << 20) - 65536, 3]
            assert extents(c, 4096, 1 << 20, nbd.CMD_FLAG_REQ_ONE) == [4096, 0]
            assert other.pread(3, (1 << 20) - 1) == b"\\0xx"
            other.flush()
            chunks = []
            def chunk(data, offset, status, err):
                chunks.append((bytes(data), offset, status))
            c.pread_structured(4096, (1 << 20) - 2048, chunk, nbd.CMD_FLAG_DF)
            assert chunks == [(b"\\0" * 2048 + b"x" * 2048, (1 << 20) - 2048, nbd.READ_DATA)], chunks
            c.cache(size, 0)
            c.zero(65536, 1 << 20, nbd.CMD_FLAG_FAST_ZERO)
            assert c.pread(65536, 1 << 20) == b"\\0" * 65536
            c.trim(size, 0, nbd.CMD_FLAG_FUA)
            fails(errno.EINVAL, c.pread, 1, size)
            fails(errno.ENOSPC, c.pwrite, b"xx", size - 1)
            fails(errno.ENOSPC, c.zero, 2, size - 1)
            fails(errno.EINVAL, c.trim, 2, size - 1)
            fails(errno.EINVAL, c.cache, 2, size - 1)
            fails(errno.EINVAL, extents, c, 2, size - 1)
            fails(errno.EINVAL, c.pread, 0, 0)
            fails(errno.EOVERFLOW, c.pread, (32 << 20) + 1, 0)
            fails(errno.EINVAL, c.trim, 1, 0, nbd.CMD_FLAG_NO_HOLE)
            golden = connect("golden")
            fails(errno.EPERM, golden.pwrite, b"x", 0)
            fails(errno.EPERM, golden.zero, 1, 0)
            fails(errno.EPERM, golden.trim, 1, 0)
            assert golden.pread(4, 0) == bytes(4)
            plain = nbd.NBD()
            plain.set_request_structured_replies(False)
            plain.set_export_name("memory")
            plain.set_strict_mode(0)
            plain.connect_unix(os.environ["WEIR_SOCKET"])
            assert not plain.can_df() and plain.pread(2, 0) == bytes(2)
            fails(errno.EINVAL, plain.pread, 1, size)
            for each in (c, other, golden, plain):
                each.shutdown()
            print("all is well")
            """;

    @Test
    void fioVerifiesWhatItWrites() {
        Client.needFio();
        Client.run(
                        "fio",
                        "--name=verify",
                        "--ioengine=nbd",
                        "--uri=" + weir.uri("file"),
                        "--rw=randrw",
                        "--bsrange=512-64k",
                        "--bs_unaligned=1",
                        "--iodepth=32",
                        "--size=16M",
                        "--verify=crc32c",
                        "--verify_state_save=0")
                .ok();
    }
}
