package dev.weir.backend.file;

import dev.weir.block.BlockBackend;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Another JVM that opens an image and keeps it open until {@link #close}. */
final class OtherProcess implements AutoCloseable {
    private final Process jvm;
    private final String answer;

    private OtherProcess(Process jvm, String answer) {
        this.jvm = jvm;
        this.answer = answer;
    }

    /** Starts a process. Returns when the image is open or was refused. */
    static OtherProcess opens(Path image, boolean readOnly) throws IOException {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherProcess.class.getName(),
                        image.toString(),
                        String.valueOf(readOnly))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader lines = new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
        return new OtherProcess(jvm, String.valueOf(lines.readLine()));
    }

    /** Returns {@code open}, or the reason of the refusal. */
    String answer() {
        return answer;
    }

    @Override
    public void close() throws IOException {
        jvm.getOutputStream().close();
        jvm.onExit().join();
    }

    public static void main(String[] args) throws IOException {
        try {
            BlockBackend backend =
                    new FileBackendFactory().open("other", Map.of("path", args[0]), Boolean.parseBoolean(args[1]));
            System.out.println("open");
            System.in.read();
            backend.close();
        } catch (IOException e) {
            System.out.println(e.getMessage());
        }
    }
}
