package dev.weir.backend.nbd.connection;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The commands of one connection without an answer, by cookie. The lower half of a cookie is a slot and the upper half
 * a number, so that a late or invented answer finds nothing.
 *
 * <p>Not thread-safe.
 */
final class CommandSlots {
    private final List<@Nullable Command> slots = new ArrayList<>();
    private final Deque<Integer> free = new ArrayDeque<>();
    private int number;

    /** Adds a command and gives it a cookie. */
    void add(Command command) {
        Integer slot = free.pollLast();
        if (slot == null) {
            slot = slots.size();
            slots.add(command);
        } else {
            slots.set(slot, command);
        }
        command.cookie = ((long) ++number << Integer.SIZE) | slot;
    }

    /** Returns the command of a cookie or null. */
    @Nullable
    Command get(long cookie) {
        int slot = (int) cookie;
        Command command = slot >= 0 && slot < slots.size() ? slots.get(slot) : null;
        return command != null && command.cookie == cookie ? command : null;
    }

    void remove(Command command) {
        int slot = (int) command.cookie;
        slots.set(slot, null);
        free.add(slot);
    }

    /** Returns the number of commands. */
    int size() {
        return slots.size() - free.size();
    }
}
