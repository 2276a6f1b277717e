package dev.weir.view;

import dev.weir.view.text.Rates;

/**
 * The recent rates of a drive.
 *
 * @param readsPerSecond read requests per second
 * @param readBytesPerSecond bytes read per second
 * @param writesPerSecond write requests per second
 * @param writeBytesPerSecond bytes written per second
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
