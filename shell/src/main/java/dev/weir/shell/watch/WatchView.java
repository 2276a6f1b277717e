package dev.weir.shell.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jline.utils.AttributedString;
import org.jspecify.annotations.Nullable;

/**
 * A live view as the one who watches has set it: in which order, which drive is picked, what is being typed.
 *
 * <p>Not thread-safe.
 */
public final class WatchView {
    private static final long SLOWEST_MILLIS = 500;
    private static final long FASTEST_MILLIS = 100;
    private static final String LIST_KEYS = "q leave  ↑↓ pick  enter look  s sort  l limits  +- speed";
    private static final String DRIVE_KEYS = "q leave  esc back  l limits  +- speed";

    private final WatchSource source;
    private final Watched watched = new Watched();
    private Watched.Order order = Watched.Order.CONFIGURED;
    private String picked = "";
    private boolean looking;
    private @Nullable StringBuilder typed;
    private String message = "";
    private long intervalMillis = 250;
    private boolean left;

    public WatchView(WatchSource source) {
        this.source = source;
    }

    /** Looks at what is on the screen, and at a part of the rest, at a moment, in nanoseconds of any origin. */
    public void look(long now) {
        // what nobody sees is looked at as often as what is seen at the slowest speed
        int parts = (int) (SLOWEST_MILLIS / intervalMillis);
        watched.look(source.drives(), source.groups(), now, parts);
        place(watched.all(order));
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
        } else if (typed != null) {
            type(typed, key);
        } else {
            switch (key.kind()) {
                case UP -> pick(-1);
                case DOWN -> pick(1);
                case ENTER -> looking = !picked.isEmpty();
                case ESCAPE, BACKSPACE -> looking = false;
                case CHARACTER -> press(key.character());
                default -> {}
            }
        }
    }

    private void press(char character) {
        message = "";
        switch (character) {
            case 'q' -> left = true;
            case 's' -> order = order.next();
            case 'k' -> pick(-1);
            case 'j' -> pick(1);
            case 'l' -> typed = picked.isEmpty() ? null : new StringBuilder();
            case '+' -> intervalMillis = Math.max(FASTEST_MILLIS, intervalMillis / 2);
            case '-' -> intervalMillis = Math.min(SLOWEST_MILLIS, intervalMillis * 2);
            default -> {}
        }
    }

    private void type(StringBuilder into, Key key) {
        switch (key.kind()) {
            case CHARACTER -> into.append(key.character());
            case BACKSPACE -> into.setLength(Math.max(0, into.length() - 1));
            case ESCAPE -> typed = null;
            case ENTER -> {
                typed = null;
                change(into.toString().strip());
            }
            default -> {}
        }
    }

    private void change(String settings) {
        if (settings.isEmpty()) {
            return;
        }
        try {
            source.limits(picked, settings);
            message = picked + ": " + settings + ", until a reload";
        } catch (RuntimeException e) {
            message = String.valueOf(e.getMessage());
        }
    }

    private void pick(int step) {
        List<Track> all = watched.all(order);
        if (!all.isEmpty()) {
            picked = all.get(Math.floorMod(place(all) + step, all.size()))
                    .drive()
                    .name();
        }
    }

    /** Returns the place of the picked drive; if there is none, the first is, as soon as there is any. */
    private int place(List<Track> all) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).drive().name().equals(picked)) {
                return i;
            }
        }
        picked = all.isEmpty() ? "" : all.get(0).drive().name();
        looking = false;
        return 0;
    }

    /** Draws a whole screen. */
    public List<AttributedString> screen(int columns, int rows) {
        int place = place(watched.all(order));
        Optional<Track> track = looking ? watched.find(picked) : Optional.empty();
        int body = rows - 1;
        List<AttributedString> screen = new ArrayList<>(
                track.isPresent()
                        ? drive(track.get(), columns).exactly(body)
                        : list(place, columns, body).exactly(body));
        screen.add(foot(columns));
        return screen;
    }

    private Lines list(int place, int columns, int rows) {
        Lines lines = Screens.head(watched, order, columns);
        List<Track> all = watched.all(order);
        int room = Math.max(1, rows - lines.size());
        // the picked one is always to be seen
        int first = Math.max(0, Math.min(place - room / 2, all.size() - room));
        List<Track> shown = all.subList(first, Math.min(all.size(), first + room));
        watched.show(shown);
        for (Track track : shown) {
            Screens.row(lines, watched, track, track.drive().name().equals(picked));
        }
        return lines;
    }

    private Lines drive(Track track, int columns) {
        Lines lines = new Lines(columns);
        watched.show(List.of(track));
        Screens.drive(lines, watched, track);
        source.queue(picked, columns).forEach(line -> lines.add(line, Lines.PLAIN));
        return lines;
    }

    private AttributedString foot(int columns) {
        String keys = looking ? DRIVE_KEYS : LIST_KEYS;
        String text = typed != null
                ? "limits " + picked + " " + typed + "▏ enter sets, esc leaves it"
                : message.isEmpty() ? keys : message;
        return new Lines(columns)
                .add(text, message.isEmpty() ? Lines.FAINT : Lines.STRONG)
                .all()
                .get(0);
    }

    /** Draws all drives, and nothing to be pressed, for where there is no terminal. */
    String frame(int columns) {
        Lines lines = Screens.head(watched, order, columns);
        watched.all(order).forEach(track -> Screens.row(lines, watched, track, false));
        StringBuilder frame = new StringBuilder();
        lines.all()
                .forEach(line -> frame.append(line.toString().stripTrailing()).append('\n'));
        return frame.toString();
    }
}
