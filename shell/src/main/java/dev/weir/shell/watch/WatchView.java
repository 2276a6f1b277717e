package dev.weir.shell.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jline.utils.AttributedString;
import org.jspecify.annotations.Nullable;

/**
 * The state of the live view and the user's settings: screen, order, filter, selection and input line. Handles keys
 * and draws the screen.
 *
 * <p>Not thread-safe.
 */
public final class WatchView {
    private static final long SLOWEST_MILLIS = 500;
    private static final long FASTEST_MILLIS = 100;
    private static final String LIST_KEYS =
            "q leave  ↑↓ pick  enter look  / find  g groups  t tree  s sort  l limit  ? help";
    private static final String DRIVE_KEYS = "q leave  esc back  PgUp PgDn queue  l limits  ? help";

    /** The content of the screen. */
    private enum Screen {
        DRIVES,
        GROUPS,
        TREE,
        ONE_DRIVE
    }

    private final WatchSource source;
    private final Watched watched = new Watched();
    private final Selection selection = new Selection();
    private Watched.Order order = Watched.Order.CONFIGURED;
    private Screen screen = Screen.DRIVES;
    private boolean helping;

    /** The group whose drives are listed; empty for all drives. */
    private String group = "";

    private String filter = "";

    /** The number of queue lines that are scrolled off the top. */
    private int scrolled;

    private @Nullable Prompt prompt;
    private String message = "";
    private long intervalMillis = 250;
    private boolean left;

    public WatchView(WatchSource source) {
        this.source = source;
    }

    /**
     * Takes snapshots of the visible drives and of a part of the hidden drives.
     *
     * @param now the time (nanoseconds from any origin)
     */
    public void look(long now) {
        // hidden drives get a snapshot every 500 ms at any refresh rate
        int parts = (int) (SLOWEST_MILLIS / intervalMillis);
        watched.look(source.drives(), source.groups(), now, parts);
        if (!selection.keepOneOf(names()) && screen == Screen.ONE_DRIVE) {
            screen = Screen.DRIVES;
        }
    }

    boolean isLeft() {
        return left;
    }

    public long intervalNanos() {
        return intervalMillis * 1_000_000;
    }

    public void press(Key key) {
        if (key.kind() == Key.Kind.END) {
            left = true;
        } else if (prompt != null) {
            type(prompt, key);
        } else if (helping) {
            helping = key.kind() == Key.Kind.NONE;
        } else if (key.kind() == Key.Kind.CHARACTER) {
            press(key.character());
        } else {
            move(key.kind());
        }
    }

    private void press(char character) {
        message = "";
        switch (character) {
            case 'q' -> left = true;
            case '?' -> helping = true;
            case 's' -> order = order.next();
            case 'k' -> move(Key.Kind.UP);
            case 'j' -> move(Key.Kind.DOWN);
            case 'g' -> list(screen == Screen.GROUPS ? Screen.DRIVES : Screen.GROUPS, "");
            case 't' -> list(screen == Screen.TREE ? Screen.DRIVES : Screen.TREE, "");
            case '/' -> prompt = new Prompt("find", "enter keeps, esc shows all");
            case 'l' -> prompt = selection.isEmpty() ? null : limitsPrompt();
            case '+' -> intervalMillis = Math.max(FASTEST_MILLIS, intervalMillis / 2);
            case '-' -> intervalMillis = Math.min(SLOWEST_MILLIS, intervalMillis * 2);
            default -> {}
        }
    }

    private Prompt limitsPrompt() {
        return new Prompt(
                "limits " + (screen == Screen.TREE ? "of " : "") + selection.name(), "enter sets, esc cancels");
    }

    private void move(Key.Kind kind) {
        if (screen == Screen.ONE_DRIVE && (kind == Key.Kind.PAGE_UP || kind == Key.Kind.PAGE_DOWN)) {
            scrolled = Math.max(0, scrolled + (kind == Key.Kind.PAGE_UP ? -selection.page() : selection.page()));
            return;
        }
        switch (kind) {
            case UP, DOWN, PAGE_UP, PAGE_DOWN, FIRST, LAST -> selection.move(kind, names());
            case ENTER -> enter();
            case ESCAPE, BACKSPACE -> back();
            default -> {}
        }
    }

    private void enter() {
        if (screen == Screen.GROUPS && !selection.isEmpty()) {
            list(Screen.DRIVES, selection.name());
        } else if (screen == Screen.TREE) {
            picked().ifPresent(this::enter);
        } else if (screen == Screen.DRIVES && !selection.isEmpty()) {
            screen = Screen.ONE_DRIVE;
            scrolled = 0;
        }
    }

    private void enter(TreeRow row) {
        if (row.isGroup()) {
            list(Screen.DRIVES, row.name());
        } else {
            selection.pick(row.name());
            screen = Screen.ONE_DRIVE;
            scrolled = 0;
        }
    }

    /** Returns the selected row of the tree. */
    private Optional<TreeRow> picked() {
        return tree().stream().filter(row -> row.key().equals(selection.name())).findFirst();
    }

    private void back() {
        if (screen == Screen.ONE_DRIVE) {
            screen = Screen.DRIVES;
        } else if (!filter.isEmpty()) {
            filter = "";
        } else if (!group.isEmpty()) {
            list(Screen.GROUPS, "");
        } else {
            screen = Screen.DRIVES;
        }
    }

    private void list(Screen what, String ofGroup) {
        screen = what;
        group = ofGroup;
        filter = "";
        selection.keepOneOf(names());
    }

    private void type(Prompt into, Key key) {
        boolean finds = into.label().equals("find");
        switch (key.kind()) {
            case CHARACTER -> into.add(key.character());
            case BACKSPACE -> into.rubOut();
            case ESCAPE -> {
                prompt = null;
                filter = finds ? "" : filter;
            }
            case ENTER -> {
                prompt = null;
                if (!finds) {
                    change(into.text().strip());
                }
            }
            default -> {}
        }
        if (finds && prompt != null) {
            filter = into.text();
            screen = screen == Screen.ONE_DRIVE ? Screen.DRIVES : screen;
        }
        selection.keepOneOf(names());
    }

    private void change(String settings) {
        if (settings.isEmpty()) {
            return;
        }
        try {
            String name = screen == Screen.TREE ? picked().map(TreeRow::name).orElse("") : selection.name();
            if (screen == Screen.GROUPS
                    || (screen == Screen.TREE
                            && picked().filter(TreeRow::isGroup).isPresent())) {
                source.groupLimits(name, settings);
            } else {
                source.limits(name, settings);
            }
            message = selection.name() + ": " + settings + ", until reload --restore";
        } catch (RuntimeException e) {
            message = String.valueOf(e.getMessage());
        }
    }

    /** Returns the listed drives in display order. */
    private List<Track> drives() {
        return watched.all(order).stream()
                .filter(track -> group.isEmpty() || group.equals(track.drive().group()))
                .filter(track -> isFound(track.drive().name()))
                .toList();
    }

    private List<GroupTrack> groups() {
        return watched.groups().stream()
                .filter(track -> isFound(track.group().name()))
                .toList();
    }

    private List<TreeRow> tree() {
        return TreeRow.all(watched).stream().filter(row -> row.matches(filter)).toList();
    }

    private boolean isFound(String name) {
        return name.toLowerCase(Locale.ROOT).contains(filter.toLowerCase(Locale.ROOT));
    }

    private List<String> names() {
        if (screen == Screen.TREE) {
            return tree().stream().map(TreeRow::key).toList();
        }
        return screen == Screen.GROUPS
                ? groups().stream().map(track -> track.group().name()).toList()
                : drives().stream().map(track -> track.drive().name()).toList();
    }

    /** Draws the whole screen. */
    public List<AttributedString> screen(int columns, int rows) {
        int body = rows - 1;
        Lines lines = helping ? Screens.help(columns) : body(columns, body);
        List<AttributedString> all = new ArrayList<>(lines.exactly(body));
        all.add(foot(columns));
        return all;
    }

    private Lines body(int columns, int rows) {
        Optional<Track> one = screen == Screen.ONE_DRIVE ? watched.find(selection.name()) : Optional.empty();
        if (one.isPresent()) {
            return drive(one.get(), columns, rows);
        }
        screen = screen == Screen.ONE_DRIVE ? Screen.DRIVES : screen;
        return screen == Screen.TREE ? tree(columns, rows) : list(columns, rows);
    }

    private Lines tree(int columns, int rows) {
        List<TreeRow> all = tree();
        int from = selection.first(names(), Math.max(1, rows - 2));
        int to = Math.min(all.size(), from + Math.max(1, rows - 2));
        List<TreeRow> shown = all.subList(from, to);
        watched.show(shown.stream()
                .filter(row -> !row.isGroup())
                .flatMap(row -> watched.find(row.name()).stream())
                .toList());
        Lines lines = Screens.head(watched, told(from, to, all.size()), columns);
        TreeLayout layout = new TreeLayout(all, columns);
        lines.add(layout.head(), Lines.FAINT);
        shown.forEach(row -> lines.add(layout.line(row, row.key().equals(selection.name()))));
        return lines;
    }

    private Lines list(int columns, int rows) {
        List<Track> drives = screen == Screen.GROUPS ? List.of() : drives();
        List<GroupTrack> groups = screen == Screen.GROUPS ? groups() : List.of();
        int count = drives.size() + groups.size();
        int from = selection.first(names(), Math.max(1, rows - 2));
        int to = Math.min(count, from + Math.max(1, rows - 2));
        List<Row> shown = new ArrayList<>();
        if (screen == Screen.GROUPS) {
            groups.subList(from, to).forEach(track -> shown.add(track.row()));
        } else {
            watched.show(drives.subList(from, to));
            drives.subList(from, to).forEach(track -> shown.add(track.row(watched.tightest(track))));
        }
        Lines lines = Screens.head(watched, told(from, to, count), columns);
        Layout layout = new Layout(screen == Screen.GROUPS ? "GROUP" : "DRIVE", shown, columns);
        lines.add(layout.head(), Lines.FAINT);
        shown.forEach(row -> lines.add(layout.line(row, row.name().equals(selection.name()))));
        return lines;
    }

    /** Describes the list: its order, its filters and the range of visible rows. */
    private String told(int from, int to, int count) {
        String what = screen == Screen.TREE
                ? "groups and their drives"
                : screen == Screen.GROUPS
                        ? "groups by name"
                        : "by " + order.name().toLowerCase(Locale.ROOT);
        String of = (group.isEmpty() ? "" : ", of " + group) + (filter.isEmpty() ? "" : ", with \"" + filter + "\"");
        return what + of + (to - from < count ? "; %d–%d of %d".formatted(from + 1, to, count) : "");
    }

    private Lines drive(Track track, int columns, int rows) {
        watched.show(List.of(track));
        Lines lines = Screens.drive(watched, track, source.latencies(selection.name()), columns);
        List<String> queue = source.queue(selection.name(), columns);
        int requests = Math.max(0, queue.size() - 1);
        int room = Math.max(1, rows - lines.size() - 2);
        selection.pageIs(room);
        scrolled = Math.max(0, Math.min(scrolled, requests - room));
        int to = Math.min(requests, scrolled + room);
        queue.stream().limit(1).forEach(line -> lines.add(line, Lines.FAINT));
        queue.stream().skip(scrolled + 1L).limit(room).forEach(line -> lines.add(line, Lines.PLAIN));
        return to - scrolled < requests
                ? lines.add("%d–%d of %d".formatted(scrolled + 1, to, requests), Lines.FAINT)
                : lines;
    }

    private AttributedString foot(int columns) {
        String keys = screen == Screen.ONE_DRIVE ? DRIVE_KEYS : LIST_KEYS;
        String text = prompt != null ? prompt.line() : message.isEmpty() ? keys : message;
        return new Lines(columns)
                .add(text, prompt == null && message.isEmpty() ? Lines.FAINT : Lines.STRONG)
                .all()
                .get(0);
    }

    /** Draws all drives without key help, for output without a terminal. */
    String frame(int columns) {
        List<Row> rows = watched.all(order).stream()
                .map(track -> track.row(watched.tightest(track)))
                .toList();
        Layout layout = new Layout("DRIVE", rows, columns);
        Lines lines = Screens.head(watched, "by " + order.name().toLowerCase(Locale.ROOT), columns);
        lines.add(layout.head(), Lines.PLAIN);
        rows.forEach(row -> lines.add(layout.line(row, false)));
        StringBuilder frame = new StringBuilder();
        lines.all()
                .forEach(line -> frame.append(line.toString().stripTrailing()).append('\n'));
        return frame.toString();
    }

    /** Returns all drives as records for programs. */
    List<LiveDrive> live() {
        return watched.all(order).stream()
                .map(track -> LiveDrive.of(track, watched.tightest(track)))
                .toList();
    }
}
