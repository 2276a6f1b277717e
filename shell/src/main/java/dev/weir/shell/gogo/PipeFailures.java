package dev.weir.shell.gogo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.log.PlainText;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The error output of a session. Gogo itself writes the failures of all commands of a pipe but the last, each in one
 * write: {@code gogo: CommandNotFoundException: Command not found: foo}. This stream shows them like other errors.
 *
 * <p>As thread-safe as the stream behind it.
 */
final class PipeFailures extends FilterOutputStream {
    private static final Pattern FAILURE = Pattern.compile(
            "gogo: (?:CommandNotFoundException: Command not found: (?<unknown>.*)"
                    + "|(?:CommandFault|IllegalArgumentException): (?<fault>.*)|(?<other>\\w+: .*))\n",
            Pattern.DOTALL);

    /** A longer write is no such message. */
    private static final int LONGEST_BYTES = 64 << 10;

    PipeFailures(OutputStream err) {
        super(err);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > 0 && length < LONGEST_BYTES && bytes[offset] == 'g') {
            Matcher failure = FAILURE.matcher(new String(bytes, offset, length, UTF_8));
            if (failure.matches()) {
                byte[] shown = shown(failure).getBytes(UTF_8);
                out.write(shown, 0, shown.length);
                return;
            }
        }
        out.write(bytes, offset, length);
    }

    private static String shown(Matcher failure) {
        String unknown = failure.group("unknown");
        String fault = failure.group("fault");
        String message =
                unknown != null ? GogoSession.unknown(unknown) : fault != null ? fault : failure.group("other");
        return message.lines().map(PlainText::of).collect(Collectors.joining("\n", "weir: ", "\n"));
    }
}
