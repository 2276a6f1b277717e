package dev.weir.nbd;

import dev.weir.nbd.connection.Exports;
import dev.weir.nbd.connection.TlsPolicy;
import dev.weir.nbd.protocol.TlsMode;
import dev.weir.nbd.tls.TlsContext;
import dev.weir.nbd.tls.TlsFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Serves a memory drive to real clients for manual tests: {@code ServeMemory MEGABYTES inline|workers ADDRESS…}. With
 * {@code -Dtls=FOLDER} it serves over TLS with the files of that folder, named as qemu-nbd and nbdkit expect.
 */
final class ServeMemory {
    private ServeMemory() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(Integer.parseInt(args[0]) << 20);
        MemoryDrive drive = new MemoryDrive("vm1", bytes.capacity(), bytes, false).forgetful();
        if (args[1].equals("workers")) {
            drive.on(Executors.newFixedThreadPool(4));
        }
        Exports exports = new Exports();
        exports.add(drive);
        NbdServer server = new NbdServer(exports);
        server.start();
        String folder = System.getProperty("tls");
        if (folder != null) {
            server.secure(new TlsPolicy(TlsMode.REQUIRED, TlsContext.read(files(Path.of(folder))), false));
        }
        server.listen(List.of(args).subList(2, args.length));
        System.out.println(server.uris(drive.name()) + " " + server.faults());
        System.in.read();
        server.close();
    }

    private static TlsFiles files(Path folder) {
        return new TlsFiles(
                there(folder.resolve("server-cert.pem")),
                there(folder.resolve("server-key.pem")),
                there(folder.resolve("ca-cert.pem")),
                there(folder.resolve("keys.psk")));
    }

    private static @Nullable Path there(Path file) {
        return Files.exists(file) ? file : null;
    }
}
