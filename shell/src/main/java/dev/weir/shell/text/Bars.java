package dev.weir.shell.text;

import java.util.List;

/** Numbers as pictures of characters. */
public final class Bars {
    private static final String EIGHTHS_RIGHT = " ▏▎▍▌▋▊▉█";
    private static final String EIGHTHS_UP = " ▁▂▃▄▅▆▇█";
    private static final int EIGHTHS = 8;

    private Bars() {}

    /** Returns a bar of so many cells, of which a share from 0 to 1 is filled; more than all is all. */
    public static String bar(double share, int cells) {
        int eighths = (int) Math.round(Math.max(0, Math.min(1, share)) * cells * EIGHTHS);
        StringBuilder bar = new StringBuilder();
        for (int cell = 0; cell < cells; cell++) {
            int left = Math.min(EIGHTHS, eighths - cell * EIGHTHS);
            bar.append(left <= 0 ? '·' : EIGHTHS_RIGHT.charAt(left));
        }
        return bar.toString();
    }

    /** Returns numbers from 0 on, a cell for each, against the highest of them; what is not 0 shows. */
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
