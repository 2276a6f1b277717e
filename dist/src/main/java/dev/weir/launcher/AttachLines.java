package dev.weir.launcher;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** How clients reach the drives: lines to paste into another terminal. */
final class AttachLines {
    private static final int DRIVES = 4;

    private AttachLines() {}

    /** Returns what to show for what is served on these addresses ({@code unix:PATH} or {@code tcp:HOST:PORT}). */
    static String of(List<String> addresses, List<String> drives) {
        String all = "NBD listens on %s%n".formatted(String.join(" and ", addresses));
        if (addresses.isEmpty()) {
            return all;
        }
        all += drives.stream()
                .limit(DRIVES)
                .map(drive -> lines(drive, "'" + uri(addresses.get(0), drive) + "'"))
                .collect(Collectors.joining());
        return drives.size() <= DRIVES ? all : all + "and %d more drives alike%n".formatted(drives.size() - DRIVES);
    }

    private static String lines(String drive, String uri) {
        return """

                %1$s
                  qemu-system-x86_64 -drive file=%2$s,format=raw,if=virtio
                  qemu-img convert -p -n -O raw disk.img %2$s
                  fio --name=%1$s --ioengine=nbd --uri=%2$s --rw=randread --bs=4k --iodepth=16 --runtime=10 --time_based
                  nbdcopy %2$s copy.img
                """
                .formatted(drive, uri);
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
