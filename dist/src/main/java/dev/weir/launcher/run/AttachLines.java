package dev.weir.launcher.run;

import java.util.List;

/** Client commands that the start prints for another terminal. */
final class AttachLines {
    private static final int DRIVES = 8;

    private static final String PLAIN =
            """

            To use %1$s, in another terminal:
              qemu-system-x86_64 -drive file='%2$s',format=raw,if=virtio
              qemu-img info '%2$s'
              fio --name=%1$s --ioengine=nbd --uri='%2$s' --rw=randread --bs=4k --iodepth=16 --runtime=10
              nbdcopy --progress '%2$s' copy.img
            """;

    /** Lines for TLS without a QEMU command, because QEMU accepts no URI with TLS. */
    private static final String ENCRYPTED =
            """

            To use %1$s, in another terminal, with ca-cert.pem and the client's other credentials in the folder DIR:
              nbdinfo '%2$s'
              fio --name=%1$s --ioengine=nbd --uri='%2$s' --rw=randread --bs=4k --iodepth=16 --runtime=10
              nbdcopy --progress '%2$s' copy.img
            With a pre-shared key: USER@ before the host and tls-psk-file=FILE instead of tls-certificates.
            """;

    private AttachLines() {}

    /** Returns the lines for a started Weir. */
    static String of(StartState standing) {
        List<String> drives = standing.usable();
        StringBuilder lines =
                new StringBuilder("NBD listens on %s%n".formatted(String.join(" and ", standing.addresses())));
        if (!standing.uris().isEmpty() && !drives.isEmpty()) {
            String server = standing.uris().get(0);
            drives.stream().limit(DRIVES).forEach(drive -> lines.append("  %s%n".formatted(uri(server, drive))));
            if (drives.size() > DRIVES) {
                lines.append("  and %d more%n".formatted(drives.size() - DRIVES));
            }
            boolean encrypted = server.startsWith("nbds");
            String uri = uri(server, drives.get(0));
            String paste = encrypted ? uri + (uri.contains("?") ? "&" : "?") + "tls-certificates=DIR" : uri;
            lines.append((encrypted ? ENCRYPTED : PLAIN).formatted(drives.get(0), paste));
        }
        return lines + "%nhelp lists the commands of this shell, exit stops Weir%n".formatted();
    }

    /** Appends a drive's name to the path of a URI. A valid name needs no encoding. */
    private static String uri(String server, String drive) {
        int query = server.indexOf('?');
        return query < 0 ? server + drive : server.substring(0, query) + drive + server.substring(query);
    }
}
