package dev.weir.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Executors;

/** Serves a memory drive to real clients by hand: {@code ServeMemory MEGABYTES inline|workers ADDRESS…}. */
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
        server.listen(List.of(args).subList(2, args.length));
        System.out.println(server.uris(drive.name()) + " " + server.faults());
        System.in.read();
        server.close();
    }
}
