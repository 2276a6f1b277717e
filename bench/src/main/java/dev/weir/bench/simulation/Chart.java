package dev.weir.bench.simulation;

import java.util.Locale;
import java.util.function.IntToDoubleFunction;

/**
 * A picture of the rate with its limit above the queue length. Both have one time axis.
 *
 * @param title caption
 * @param limit the limit (MiB/s)
 */
record Chart(String title, double limit, Timeline timeline) {
    private static final int LEFT = 60;
    private static final int WIDTH = 640;
    private static final int RATE_TOP = 40;
    private static final int RATE_HEIGHT = 150;
    private static final int QUEUE_TOP = 230;
    private static final int QUEUE_HEIGHT = 70;
    private static final int MOST_RATE = 40;
    private static final int MOST_QUEUED = 20;

    private static String format(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }

    private double x(double point) {
        return LEFT + WIDTH * point / timeline.points();
    }

    /** Draws a step line: each value lasts as long as its point. */
    private String steps(int top, int height, double most, IntToDoubleFunction value) {
        StringBuilder path = new StringBuilder(format("M%.1f %d", x(0), top + height));
        for (int point = 0; point < timeline.points(); point++) {
            double y = top + height * (1 - Math.min(most, value.applyAsDouble(point)) / most);
            path.append(format(" V%.1f H%.1f", y, x(point + 1)));
        }
        return path.append(format(" V%d Z", top + height)).toString();
    }

    private void axis(StringBuilder svg, int top, int height, int most, int step, String unit) {
        for (int value = 0; value <= most; value += step) {
            double y = top + height * (1 - (double) value / most);
            svg.append(format(
                    "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d</text>\n",
                    LEFT, y, LEFT + WIDTH, LEFT - 6, y + 4, value));
        }
        svg.append(format("<text x=\"%d\" y=\"%d\">%s</text>\n", LEFT, top - 8, unit));
    }

    String svg() {
        StringBuilder svg = new StringBuilder();
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 340\" font-family=\"sans-serif\""
                + " font-size=\"12\" fill=\"#333\">\n");
        svg.append(format("<title>%s</title>\n<rect width=\"720\" height=\"340\" fill=\"#fff\"/>\n", title));
        svg.append(format("<text x=\"%d\" y=\"16\" font-weight=\"bold\">%s</text>\n", LEFT, title));
        axis(svg, RATE_TOP, RATE_HEIGHT, MOST_RATE, 10, "MiB/s, over 50 ms each; dashed: the limit");
        axis(svg, QUEUE_TOP, QUEUE_HEIGHT, MOST_QUEUED, 10, "requests that wait");
        svg.append(
                format("<path d=\"%s\" fill=\"#4a90d9\"/>\n", steps(RATE_TOP, RATE_HEIGHT, MOST_RATE, timeline::rate)));
        double y = RATE_TOP + RATE_HEIGHT * (1 - limit / MOST_RATE);
        svg.append(format(
                "<path d=\"M%d %.1fH%d\" stroke=\"#c0392b\" stroke-width=\"1.5\" stroke-dasharray=\"6 4\"/>\n",
                LEFT, y, LEFT + WIDTH));
        svg.append(format(
                "<path d=\"%s\" fill=\"#e2a03f\"/>\n", steps(QUEUE_TOP, QUEUE_HEIGHT, MOST_QUEUED, timeline::queued)));
        for (int second = 0; second <= Pictures.SECONDS; second++) {
            svg.append(format(
                    "<text x=\"%.1f\" y=\"320\" text-anchor=\"middle\">%d s</text>\n",
                    x(second * Pictures.POINTS_PER_SECOND), second));
        }
        return svg.append("</svg>\n").toString();
    }
}
