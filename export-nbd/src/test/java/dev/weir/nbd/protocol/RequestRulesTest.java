package dev.weir.nbd.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.Drive;
import dev.weir.nbd.MemoryDrive;
import dev.weir.nbd.connection.Requests;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RequestRulesTest {
    private static final long GIB = 1 << 30;
    private static final Drive WRITABLE = new MemoryDrive("w", 10 * GIB, ByteBuffer.allocate(0), false);
    private static final Drive READ_ONLY = new MemoryDrive("r", 10 * GIB, ByteBuffer.allocate(0), true);

    @ParameterizedTest
    @CsvSource({
        // type, offset, length, error of a writable drive, error of a read-only drive
        "READ,          0,            1,          SUCCESS, SUCCESS",
        "READ,          10737418239,  1,          SUCCESS, SUCCESS",
        "READ,          10737418239,  2,          EINVAL,  EINVAL",
        "READ,          10737418240,  1,          EINVAL,  EINVAL",
        "READ,          10737418239,  33554433,   EINVAL,  EINVAL",
        "READ,          -1,           1,          EINVAL,  EINVAL",
        "READ,          9223372036854775807, 1,   EINVAL,  EINVAL",
        "READ,          0,            0,          EINVAL,  EINVAL",
        "READ,          0,            33554432,   SUCCESS, SUCCESS",
        "READ,          0,            33554433,   EINVAL,  EINVAL",
        "WRITE,         10737414144,  4096,       SUCCESS, EPERM",
        "WRITE,         10737414144,  4097,       ENOSPC,  EPERM",
        "WRITE,         -4096,        4096,       ENOSPC,  EPERM",
        "WRITE,         0,            0,          EINVAL,  EPERM",
        "WRITE,         0,            33554433,   EINVAL,  EPERM",
        "TRIM,          0,            4294967295, SUCCESS, EPERM",
        "TRIM,          10737418239,  2,          EINVAL,  EPERM",
        "TRIM,          0,            0,          EINVAL,  EPERM",
        "WRITE_ZEROES,  0,            4294967295, SUCCESS, EPERM",
        "WRITE_ZEROES,  10737418239,  2,          ENOSPC,  EPERM",
        "WRITE_ZEROES,  0,            0,          EINVAL,  EPERM",
        "FLUSH,         0,            0,          SUCCESS, SUCCESS",
        "FLUSH,         1,            0,          EINVAL,  EINVAL",
        "FLUSH,         0,            1,          EINVAL,  EINVAL",
        "CACHE,         0,            4294967295, SUCCESS, SUCCESS",
        "CACHE,         10737418239,  2,          EINVAL,  EINVAL",
        "CACHE,         0,            0,          EINVAL,  EINVAL",
        "BLOCK_STATUS,  0,            1,          EINVAL,  EINVAL",
        "UNKNOWN,       0,            1,          EINVAL,  EINVAL",
    })
    void errorsFollowTheSpecification(Command type, long offset, long length, Answer writable, Answer readOnly) {
        RequestHeader header = header(NbdMode.SIMPLE, 0, type.value, offset, length);
        assertEquals(writable.value, error(header, new NegotiatedSession(WRITABLE, NbdMode.SIMPLE, false)));
        assertEquals(readOnly.value, error(header, new NegotiatedSession(READ_ONLY, NbdMode.SIMPLE, false)));
    }

    @ParameterizedTest
    @CsvSource({
        // type, offset, length, error without the context, error with it
        "READ,          0,            33554433,             EOVERFLOW, EOVERFLOW",
        "READ,          0,            5368709120,           EOVERFLOW, EOVERFLOW",
        "READ,          10737418240,  33554433,             EINVAL,    EINVAL",
        "TRIM,          0,            10737418240,          SUCCESS,   SUCCESS",
        "WRITE_ZEROES,  0,            10737418240,          SUCCESS,   SUCCESS",
        "WRITE_ZEROES,  1,            10737418240,          ENOSPC,    ENOSPC",
        "WRITE_ZEROES,  0,            -1,                   ENOSPC,    ENOSPC",
        "WRITE_ZEROES,  4096,         9223372036854775807,  ENOSPC,    ENOSPC",
        "CACHE,         0,            10737418240,          SUCCESS,   SUCCESS",
        "BLOCK_STATUS,  0,            10737418240,          EINVAL,    SUCCESS",
        "BLOCK_STATUS,  10737418239,  1,                    EINVAL,    SUCCESS",
        "BLOCK_STATUS,  10737418239,  2,                    EINVAL,    EINVAL",
        "BLOCK_STATUS,  0,            0,                    EINVAL,    EINVAL",
        "WRITE,         0,            4096,                 EINVAL,    EINVAL",
    })
    void extendedModeErrorsFollowTheSpecification(Command type, long offset, long length, Answer without, Answer with) {
        RequestHeader header = header(NbdMode.EXTENDED, 0, type.value, offset, length);
        assertEquals(without.value, error(header, new NegotiatedSession(WRITABLE, NbdMode.EXTENDED, false)));
        assertEquals(with.value, error(header, new NegotiatedSession(WRITABLE, NbdMode.EXTENDED, true)));
    }

    @ParameterizedTest
    @CsvSource({
        // type, flags, simple, structured, extended
        "READ,          1,     SUCCESS, SUCCESS, SUCCESS",
        "READ,          2,     EINVAL,  EINVAL,  EINVAL",
        "READ,          4,     EINVAL,  SUCCESS, SUCCESS",
        "READ,          5,     EINVAL,  SUCCESS, SUCCESS",
        "READ,          8,     EINVAL,  EINVAL,  EINVAL",
        "READ,          16,    EINVAL,  EINVAL,  EINVAL",
        "READ,          32,    EINVAL,  EINVAL,  EINVAL",
        "WRITE,         1,     SUCCESS, SUCCESS, EINVAL",
        "WRITE,         2,     EINVAL,  EINVAL,  EINVAL",
        "WRITE,         4,     EINVAL,  EINVAL,  EINVAL",
        "WRITE,         32,    EINVAL,  EINVAL,  SUCCESS",
        "WRITE,         33,    EINVAL,  EINVAL,  SUCCESS",
        "WRITE,         32768, EINVAL,  EINVAL,  EINVAL",
        "TRIM,          1,     SUCCESS, SUCCESS, SUCCESS",
        "TRIM,          2,     EINVAL,  EINVAL,  EINVAL",
        "TRIM,          32,    EINVAL,  EINVAL,  EINVAL",
        "CACHE,         1,     SUCCESS, SUCCESS, SUCCESS",
        "CACHE,         4,     EINVAL,  EINVAL,  EINVAL",
        "WRITE_ZEROES,  19,    SUCCESS, SUCCESS, SUCCESS",
        "WRITE_ZEROES,  4,     EINVAL,  EINVAL,  EINVAL",
        "WRITE_ZEROES,  32,    EINVAL,  EINVAL,  EINVAL",
        "BLOCK_STATUS,  0,     SUCCESS, SUCCESS, SUCCESS",
        "BLOCK_STATUS,  9,     SUCCESS, SUCCESS, SUCCESS",
        "BLOCK_STATUS,  4,     EINVAL,  EINVAL,  EINVAL",
        "BLOCK_STATUS,  32,    EINVAL,  EINVAL,  EINVAL",
    })
    void foreignCommandFlagsAreInvalid(Command type, int flags, Answer simple, Answer structured, Answer extended) {
        assertEquals(simple.value, error(flags, type, NbdMode.SIMPLE));
        assertEquals(structured.value, error(flags, type, NbdMode.STRUCTURED));
        assertEquals(extended.value, error(flags, type, NbdMode.EXTENDED));
    }

    private static int error(int flags, Command type, NbdMode mode) {
        return error(header(mode, flags, type.value, 0, 4096), new NegotiatedSession(WRITABLE, mode, true));
    }

    @Test
    void takesFuaOnAFlush() {
        RequestHeader header = header(NbdMode.SIMPLE, Nbd.NBD_CMD_FLAG_FUA, Nbd.NBD_CMD_FLUSH, 0, 0);
        assertEquals(0, error(header, new NegotiatedSession(READ_ONLY, NbdMode.SIMPLE, false)));
    }

    /** The message is readable and fits into a reply. */
    @ParameterizedTest
    @EnumSource(RequestError.class)
    void everyErrorHasAText(RequestError error) {
        assertTrue(error.text().length > 10 && error.text().length <= RequestError.MAX_TEXT_BYTES);
        assertTrue(error.value > 0);
    }

    private static RequestHeader header(NbdMode mode, int flags, int type, long offset, long length) {
        RequestHeader header = new RequestHeader(mode);
        Requests bytes = new Requests(mode).request(flags, type, 1, offset, length);
        assertTrue(header.read(ByteBuffer.wrap(bytes.toBytes())));
        return header;
    }

    private static int error(RequestHeader header, NegotiatedSession agreement) {
        RequestError error = RequestRules.error(header, agreement);
        return error == null ? 0 : error.value;
    }

    /** The values are written out so that the test detects a wrong constant. */
    enum Command {
        READ(0),
        WRITE(1),
        FLUSH(3),
        TRIM(4),
        CACHE(5),
        WRITE_ZEROES(6),
        BLOCK_STATUS(7),
        UNKNOWN(0xffff);

        final int value;

        Command(int value) {
            this.value = value;
        }
    }

    enum Answer {
        SUCCESS(0),
        EPERM(1),
        EINVAL(22),
        ENOSPC(28),
        EOVERFLOW(75);

        final int value;

        Answer(int value) {
            this.value = value;
        }
    }
}
