package dev.weir.shell.watch;

import java.util.List;

/** The picked one of a list of names, which is always on the screen. Not thread-safe. */
final class Selection {
    private String name = "";
    private int page = 1;

    /** Returns the picked name; empty if there is none. */
    String name() {
        return name;
    }

    boolean isEmpty() {
        return name.isEmpty();
    }

    /** Returns how many lines the last screen had room for. */
    int page() {
        return page;
    }

    void pageIs(int lines) {
        page = Math.max(1, lines);
    }

    /** Picks the first if the picked one is not there any more, and returns whether it still is. */
    boolean keepOneOf(List<String> names) {
        boolean isThere = names.contains(name);
        if (!isThere) {
            name = names.isEmpty() ? "" : names.get(0);
        }
        return isThere;
    }

    /** Picks another. Past an end comes the other end, but for a page. */
    void move(Key.Kind kind, List<String> names) {
        if (names.isEmpty()) {
            return;
        }
        int last = names.size() - 1;
        int place = Math.max(0, names.indexOf(name));
        name = names.get(
                switch (kind) {
                    case UP -> place == 0 ? last : place - 1;
                    case DOWN -> place == last ? 0 : place + 1;
                    case PAGE_UP -> Math.max(0, place - page);
                    case PAGE_DOWN -> Math.min(last, place + page);
                    case FIRST -> 0;
                    case LAST -> last;
                    default -> place;
                });
    }

    /** Returns the place of the first that is shown, where there is room for so many. */
    int first(List<String> names, int room) {
        page = room;
        int place = Math.max(0, names.indexOf(name));
        return Math.max(0, Math.min(place - room / 2, names.size() - room));
    }
}
