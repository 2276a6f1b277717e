package dev.weir.view.text;

import java.util.List;

/** Bars and sparklines as text. */
public final class Bars {
    private static final String EIGHTHS_RIGHT = " ▏▎▍▌▋▊▉█";
    private static final String EIGHTHS_UP = " ▁▂▃▄▅▆▇█";
    private static final int EIGHTHS = 8;

    private Bars() {}

    /** Returns a bar of {@code cells} cells. {@code share} of it is filled (0 to 1; larger values fill all). */
    public static String bar(double share, int cells) {
        int eighths = (int) Math.round(Math.max(0, Math.min(1, share)) * cells * EIGHTHS);
        StringBuilder bar = new StringBuilder();
        for (int cell = 0; cell < cells; cell++) {
            int left = Math.min(EIGHTHS, eighths - cell * EIGHTHS);
            bar.append(left <= 0 ? '·' : EIGHTHS_RIGHT.charAt(left));
        }
        return bar.toString();
    }

    /** Returns a sparkline with one cell per number, scaled to the highest. Every number above 0 is visible. */
    public static String sparkline(List<Integer> numbers) {
        int highest = Math.max(1, numbers.stream().mapToInt(n -> n).max().orElse(1));
        StringBuilder line = new StringBuilder();
        for (int number : numbers) {
            int eighths = (int) Math.ceil((double) number * EIGHTHS / highest);
            line.append(EIGHTHS_UP.charAt(eighths));
        }
        return line.toString();
    }
}
