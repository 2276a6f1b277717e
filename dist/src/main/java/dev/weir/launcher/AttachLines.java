package dev.weir.launcher;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** How clients reach the drives: lines to paste into another terminal. */
final class AttachLines {
    private static final int DRIVES = 8;

    private AttachLines() {}

    /** Returns what to show for what is served on these addresses ({@code unix:PATH} or {@code tcp:HOST:PORT}). */
    static String of(List<String> addresses, List<String> drives) {
        StringBuilder lines = new StringBuilder("NBD listens on %s%n".formatted(String.join(" and ", addresses)));
        if (!addresses.isEmpty() && !drives.isEmpty()) {
            String address = addresses.get(0);
            drives.stream().limit(DRIVES).forEach(drive -> lines.append("  %s%n".formatted(uri(address, drive))));
            if (drives.size() > DRIVES) {
                lines.append("  and %d more%n".formatted(drives.size() - DRIVES));
            }
            String drive = drives.get(0);
            lines.append(
                    """

                    To use %1$s, in another terminal:
                      qemu-system-x86_64 -drive file='%2$s',format=raw,if=virtio
                      qemu-img info '%2$s'
                      fio --name=%1$s --ioengine=nbd --uri='%2$s' --rw=randread --bs=4k --iodepth=16 --runtime=10
                      nbdcopy --progress '%2$s' copy.img
                    """
                            .formatted(drive, uri(address, drive)));
        }
        return lines + "%nhelp lists the commands of this shell, exit stops Weir%n".formatted();
    }

    /** Returns the NBD URI of a drive, without a character that a shell or an option of QEMU would take for its own. */
    static String uri(String address, String drive) {
        return address.startsWith("unix:")
                ? "nbd+unix:///%s?socket=%s".formatted(encode(drive), encode(address.substring("unix:".length())))
                : "nbd://%s/%s".formatted(address.substring("tcp:".length()), encode(drive));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
    }
}
