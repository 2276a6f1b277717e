package dev.weir.shell.remote;

import java.util.List;
import java.util.stream.IntStream;
import org.jline.builtins.ScreenTerminal;

/** What a terminal of 80 by 24 shows of what was written to it: characters, each with its colours. */
final class TestScreen {
    private static final int COLUMNS = 80;
    private static final int ROWS = 24;

    /** The upper half of a cell, as JLine's model of a terminal has it: flags, then four bits for each part of both colours. */
    private static final long FOREGROUND_SET = 1L << 60;

    private static final long BACKGROUND_SET = 1L << 61;
    private static final int FOREGROUND_SHIFT = 44;

    private final long[] cells = new long[COLUMNS * ROWS];

    TestScreen(String written) {
        ScreenTerminal terminal = new ScreenTerminal(COLUMNS, ROWS);
        // as the line discipline of the client's terminal does
        terminal.write(written.replace("\r\n", "\n").replace("\n", "\r\n"));
        terminal.dump(cells, 0, 0, ROWS, COLUMNS, new int[2]);
    }

    /** Returns the lines, as far as anything stands in them. */
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

    /** Returns how many visible characters have a colour of their own. */
    long coloured() {
        return visible()
                .filter(cell -> (cells[cell] & (FOREGROUND_SET | BACKGROUND_SET)) != 0)
                .count();
    }

    /** Returns how many characters are invisible on a dark terminal. */
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
