package dev.weir.shell.remote;

import java.util.List;
import java.util.stream.IntStream;
import org.jline.builtins.ScreenTerminal;

/** Renders terminal output on a model of an 80 by 24 terminal: characters with their colours. */
final class TestScreen {
    private static final int COLUMNS = 80;
    private static final int ROWS = 24;

    /**
     * A flag in the upper half of a cell in JLine's screen model. Four bits for each part of both colours follow the
     * flags.
     */
    private static final long FOREGROUND_SET = 1L << 60;

    private static final long BACKGROUND_SET = 1L << 61;
    private static final int FOREGROUND_SHIFT = 44;

    private final long[] cells = new long[COLUMNS * ROWS];

    TestScreen(String written) {
        ScreenTerminal terminal = new ScreenTerminal(COLUMNS, ROWS);
        // as the client's line discipline does
        terminal.write(written.replace("\r\n", "\n").replace("\n", "\r\n"));
        terminal.dump(cells, 0, 0, ROWS, COLUMNS, new int[2]);
    }

    /** Returns the lines up to the last non-blank one. */
    List<String> lines() {
        return IntStream.range(0, ROWS)
                .mapToObj(this::line)
                .map(String::stripTrailing)
                .toList();
    }

    private String line(int row) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < COLUMNS; column++) {
            line.append(character(row * COLUMNS + column));
        }
        return line.toString();
    }

    private char character(int cell) {
        char character = (char) cells[cell];
        return character == 0 ? ' ' : character;
    }

    /** Returns the number of visible characters with a foreground colour. */
    long coloured() {
        return visible()
                .filter(cell -> (cells[cell] & (FOREGROUND_SET | BACKGROUND_SET)) != 0)
                .count();
    }

    /** Returns the number of characters that are invisible on a dark terminal. */
    long black() {
        return visible()
                .filter(cell -> (cells[cell] & FOREGROUND_SET) != 0)
                .filter(cell -> (cells[cell] >> FOREGROUND_SHIFT & 0xfff) == 0)
                .count();
    }

    private IntStream visible() {
        return IntStream.range(0, cells.length).filter(cell -> character(cell) != ' ');
    }
}
