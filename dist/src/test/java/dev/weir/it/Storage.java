package dev.weir.it;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Storage of another project for a drive {@code vm1}, prepared in a folder. The drive has {@link #BYTES} bytes. */
final class Storage implements AutoCloseable {
    static final long BYTES = 32 << 20;

    /** The password that no listing, log or command line may show. */
    static final String SECRET = "dijkstra-1959";

    /** Kinds of storage. Each skips its tests if a program, a driver of QEMU or a permission is missing. */
    enum Kind {
        /** A qcow2 image whose backing file is a qcow2 image. */
        QCOW2_OVERLAY,
        /** A loop device. */
        LOOP_DEVICE,
        /** A qcow2 image on a loop device. */
        QCOW2_ON_LOOP_DEVICE,
        /** nbdkit with a file. */
        NBDKIT,
        /** A file drive of another Weir. */
        WEIR,
        /** A raw image on a web server. */
        HTTP,
        /** A qcow2 image whose backing file is on a web server. */
        HTTP_OVERLAY,
        /** The same with a web server that wants a password. */
        HTTP_PASSWORD,
        /** A LUN of an iSCSI target. */
        ISCSI,
        /** A LUN of an iSCSI target that wants a password. */
        ISCSI_CHAP,
        /** An image in a Ceph cluster. */
        RBD
    }

    private final Path folder;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private String options = "";
    private boolean readOnly;
    private boolean tellsHoles = true;

    private Storage(Path folder) {
        this.folder = folder;
    }

    /** Prepares a storage whose contents are those of a file of {@link #BYTES}. */
    static Storage of(Kind kind, Path folder, Path contents) throws IOException {
        Storage storage = new Storage(folder);
        try {
            storage.prepare(kind, contents);
            return storage;
        } catch (IOException | RuntimeException | Error e) {
            storage.close();
            throw e;
        }
    }

    /** Returns a configuration of the drive. */
    String configuration() {
        return "weir.drives.vm1 { %s }".formatted(settings());
    }

    /** Returns the settings of a drive in this storage. */
    String settings() {
        return "backend { %s }, read-only = %s".formatted(options, readOnly);
    }

    boolean isReadOnly() {
        return readOnly;
    }

    /** Returns whether the storage tells which of its ranges are holes. A LUN and a loop device report data. */
    boolean tellsHoles() {
        return tellsHoles;
    }

    private void prepare(Kind kind, Path contents) throws IOException {
        switch (kind) {
            case QCOW2_OVERLAY ->
                overlay(convert(contents, "base.qcow2", "qcow2").toString(), "qcow2");
            case LOOP_DEVICE -> {
                tellsHoles = false;
                options = "type = file, path = %s, cache = none"
                        .formatted(loop(copy(contents)).path());
            }
            case QCOW2_ON_LOOP_DEVICE -> {
                Path device = loop(room()).path();
                run("qemu-img", "convert", "-O", "qcow2", contents.toString(), device.toString());
                options = "type = qemu, path = %s, format = qcow2".formatted(device);
            }
            case NBDKIT ->
                nbd(FarServer.start(
                        folder.resolve("far.sock"),
                        "nbdkit",
                        "--foreground",
                        "--unix",
                        "SOCKET",
                        "file",
                        copy(contents).toString()));
            case WEIR -> {
                Weir far = Weir.start(folder.resolve("far"), "-drive", "id=vm1,file=" + copy(contents));
                opened.add(far);
                options = "type = nbd, connections = 2, uri = \"%s\"".formatted(far.uri("vm1"));
            }
            case HTTP -> {
                QemuDrivers.need("curl");
                WebServer web = keep(WebServer.start(copy(contents), ""));
                options = "type = qemu, blockdev { driver = http, url = \"%s\" }".formatted(web.url());
                readOnly = true;
            }
            case HTTP_OVERLAY -> {
                QemuDrivers.need("curl");
                overlay(keep(WebServer.start(copy(contents), "")).url(), "raw");
            }
            case HTTP_PASSWORD -> httpPassword(contents);
            case ISCSI -> iscsi(contents, "");
            case ISCSI_CHAP -> iscsi(contents, SECRET);
            case RBD -> {
                QemuDrivers.need("rbd");
                CephCluster cluster = keep(CephCluster.start(folder.resolve("ceph"), "vm1", contents));
                options = "type = qemu, blockdev { driver = rbd, pool = %s, image = vm1, user = %s, conf = %s }"
                        .formatted(CephCluster.POOL, CephCluster.USER, cluster.configuration());
            }
        }
    }

    private <T extends AutoCloseable> T keep(T made) {
        opened.add(made);
        return made;
    }

    private void nbd(FarServer far) {
        options = "type = nbd, uri = \"%s\"".formatted(keep(far).uri());
    }

    private LoopDevice loop(Path file) throws IOException {
        return keep(LoopDevice.of(file));
    }

    private Path copy(Path contents) throws IOException {
        return Files.copy(contents, folder.resolve("far.img"));
    }

    /** Makes a file for an image and its metadata. */
    private Path room() throws IOException {
        Path file = folder.resolve("room.img");
        try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
            made.setLength(2 * BYTES);
        }
        return file;
    }

    private Path convert(Path contents, String name, String format) {
        Path image = folder.resolve(name);
        run("qemu-img", "convert", "-f", "raw", "-O", format, contents.toString(), image.toString());
        return image;
    }

    private void overlay(String base, String format) {
        Path image = folder.resolve("vm1.qcow2");
        run("qemu-img", "create", "-q", "-f", "qcow2", "-b", base, "-F", format, image.toString());
        options = "type = qemu, path = \"%s\", format = qcow2".formatted(image);
    }

    /** QEMU takes the password of a backing file only from a blockdev. */
    private void httpPassword(Path contents) throws IOException {
        QemuDrivers.need("curl");
        WebServer web = keep(WebServer.start(copy(contents), "edsger:" + SECRET));
        Path image = folder.resolve("vm1.qcow2");
        run("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), Long.toString(BYTES));
        options =
                """
                type = qemu, secrets { web = "%s" }, blockdev {
                  driver = qcow2, file { driver = file, filename = "%s" }
                  backing {
                    driver = raw, read-only = true
                    file { driver = http, url = "%s", username = edsger, password-secret = web, read-only = true }
                  }
                }
                """
                        .formatted(secretFile(), image, web.url());
    }

    private Path secretFile() throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), SECRET + "\n");
        file.toFile().setReadable(false, false);
        file.toFile().setReadable(true, true);
        return file;
    }

    private void iscsi(Path contents, String password) throws IOException {
        QemuDrivers.need("iscsi");
        tellsHoles = false;
        IscsiTarget target = keep(IscsiTarget.start(copy(contents), "edsger", password));
        String login = password.isEmpty() ? "" : ", user = edsger, password-secret = chap";
        String secrets = password.isEmpty() ? "" : "secrets { chap = \"%s\" }, ".formatted(secretFile());
        options =
                "type = qemu, %sblockdev { driver = iscsi, transport = tcp, portal = \"%s\", target = \"%s\", lun = 1%s }"
                        .formatted(secrets, target.portal(), IscsiTarget.NAME, login);
    }

    private static void run(String... command) {
        Client.need(command[0]);
        Client.run(command).ok();
    }

    @Override
    public void close() {
        for (int i = opened.size() - 1; i >= 0; i--) {
            try {
                opened.get(i).close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
        opened.clear();
    }
}
