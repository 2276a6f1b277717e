package dev.weir.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.drive.Drive;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestRulesTest {
    private static final long GIB = 1 << 30;
    private static final Drive WRITABLE = new MemoryDrive("w", 10 * GIB, ByteBuffer.allocate(0), false);
    private static final Drive READ_ONLY = new MemoryDrive("r", 10 * GIB, ByteBuffer.allocate(0), true);

    @ParameterizedTest
    @CsvSource({
        // type, offset, length, on a writable drive, on a read-only one
        "READ,          0,            1,          SUCCESS, SUCCESS",
        "READ,          10737418239,  1,          SUCCESS, SUCCESS",
        "READ,          10737418239,  2,          EINVAL,  EINVAL",
        "READ,          10737418240,  1,          EINVAL,  EINVAL",
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
        "CACHE,         0,            1,          EINVAL,  EINVAL",
        "BLOCK_STATUS,  0,            1,          EINVAL,  EINVAL",
        "UNKNOWN,       0,            1,          EINVAL,  EINVAL",
    })
    void answersAsTheSpecificationSays(Command type, long offset, long length, Answer writable, Answer readOnly) {
        assertEquals(writable.value, RequestRules.error(0, type.value, offset, length, WRITABLE));
        assertEquals(readOnly.value, RequestRules.error(0, type.value, offset, length, READ_ONLY));
    }

    @ParameterizedTest
    @CsvSource({
        "READ,          1, SUCCESS",
        "WRITE,         1, SUCCESS",
        "TRIM,          1, SUCCESS",
        "WRITE_ZEROES,  1, SUCCESS",
        "WRITE_ZEROES,  3, SUCCESS",
        "READ,          2, EINVAL",
        "WRITE,         2, EINVAL",
        "TRIM,          2, EINVAL",
        "READ,          4, EINVAL",
        "WRITE_ZEROES,  16, EINVAL",
        "WRITE,         32768, EINVAL",
    })
    void takesNoFlagThatIsNotForTheCommand(Command type, int flags, Answer error) {
        assertEquals(error.value, RequestRules.error(flags, type.value, 0, 4096, WRITABLE));
    }

    @Test
    void takesFuaOnAFlush() {
        assertEquals(0, RequestRules.error(Nbd.NBD_CMD_FLAG_FUA, Nbd.NBD_CMD_FLUSH, 0, 0, READ_ONLY));
    }

    /** The values are written out, so that a wrong constant is seen. */
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
        ENOSPC(28);

        final int value;

        Answer(int value) {
            this.value = value;
        }
    }
}
