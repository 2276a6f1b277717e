package dev.weir.shell.view;

import dev.weir.shell.text.Rates;

/**
 * What a drive has done in the last moments.
 *
 * @param readsPerSecond requests
 * @param readBytesPerSecond bytes
 * @param writesPerSecond requests
 * @param writeBytesPerSecond bytes
 */
public record DriveRates(long readsPerSecond, long readBytesPerSecond, long writesPerSecond, long writeBytesPerSecond) {

    static DriveRates of(Rates rates) {
        return new DriveRates(
                Math.round(rates.reads()),
                Math.round(rates.readBytes()),
                Math.round(rates.writes()),
                Math.round(rates.writeBytes()));
    }

    long bytes() {
        return readBytesPerSecond + writeBytesPerSecond;
    }

    long requests() {
        return readsPerSecond + writesPerSecond;
    }
}
