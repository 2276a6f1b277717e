package dev.weir.throttle.slice;

/** Requests of one direction that have gone and are still to be charged. */
final class Uncharged {
    long count;
    long bytes;

    void add(long more) {
        count++;
        bytes += more;
    }

    void clear() {
        count = 0;
        bytes = 0;
    }
}
