package dev.weir.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.shell.syntax.CommandFault;
import dev.weir.view.View;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.function.Executable;

/** A busy drive {@code vm1} and an idle drive {@code scratch} without its policy. */
abstract class CommandsFixture {
    final TestDrive vm1 = TestDrive.busy("vm1");
    final TestDrive scratch = TestDrive.idle("scratch").standing(State.HOLDING, "no policy \"slice\"");
    final Services services = TestServices.of(vm1, scratch);

    static void shows(String text, int width, @Nullable Object answer) {
        assertEquals(text.stripTrailing(), ((View) Objects.requireNonNull(answer)).text(width));
    }

    static void refuses(String message, Executable command) {
        assertEquals(message, assertThrows(CommandFault.class, command).getMessage());
    }
}
