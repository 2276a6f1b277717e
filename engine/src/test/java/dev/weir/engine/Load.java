package dev.weir.engine;

import dev.weir.block.Operation;

/** A client that keeps a number of equal requests in flight and counts completions. */
final class Load {

    /**
     * Bound that ends the test if the engine holds nothing. No limit here releases as many requests at one moment.
     */
    private static final int MOST_AT_ONCE = 1_000_000;

    private final EngineFixture fixture;
    private final String drive;
    private final Operation operation;
    private final int length;
    private final Runnable onRelease;
    private int missing;
    private boolean filling;
    private long requests;
    private boolean stopped;

    Load(EngineFixture fixture, String drive, Operation operation, int length, int depth) {
        this(fixture, drive, operation, length, depth, () -> {});
    }

    /**
     * Starts a client.
     *
     * @param onRelease runs at each successful completion
     */
    Load(EngineFixture fixture, String drive, Operation operation, int length, int depth, Runnable onRelease) {
        this.fixture = fixture;
        this.drive = drive;
        this.operation = operation;
        this.length = length;
        this.onRelease = onRelease;
        this.missing = depth;
        fill();
    }

    /**
     * Submits the missing requests. Not called within a completion because the stack would grow with each request.
     */
    private void fill() {
        if (filling) {
            return;
        }
        filling = true;
        for (int atOnce = 0; missing > 0 && !stopped; atOnce++) {
            if (atOnce > MOST_AT_ONCE) {
                throw new AssertionError(MOST_AT_ONCE + " requests went at one moment");
            }
            missing--;
            fixture.submit(drive, this, operation, 0, length, request -> {
                if (request.error() == null) {
                    onRelease.run();
                    requests++;
                    missing++;
                    fill();
                }
            });
        }
        filling = false;
    }

    void stop() {
        stopped = true;
    }

    long requests() {
        return requests;
    }

    long bytes() {
        return requests * length;
    }
}
