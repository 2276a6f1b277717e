package dev.weir.junit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A model of the commit protocol of SQLite with a rollback journal, {@code journal_mode = PERSIST}. It writes the old
 * pages to the journal and then the new ones to the database. A zeroed header of the journal commits. With {@code
 * synchronous = FULL} each of these steps is flushed, and the records before the header that counts them. With {@code
 * OFF} none is. Source: sqlite.org/atomiccommit.html.
 */
final class RollbackJournal {
    static final int PAGES = 32;
    static final int PAGE = 4096;

    /** A record of the journal: page number, checksum and the old page. */
    private static final int RECORD = 8 + PAGE;

    private static final long JOURNAL = (long) PAGES * PAGE;
    private static final int SECTOR = 512;
    private static final long MAGIC = 0xd9d505f920a163d7L;

    private final FlushableChannel disk;
    private final boolean isFull;
    private final Runnable step;

    /**
     * Opens a database on a disk.
     *
     * @param isFull whether {@code synchronous} is {@code FULL} and not {@code OFF}
     * @param step runs before each write and flush
     */
    RollbackJournal(FlushableChannel disk, boolean isFull, Runnable step) {
        this.disk = disk;
        this.isFull = isFull;
        this.step = step;
    }

    ByteBuffer page(int number) throws IOException {
        return read((long) number * PAGE, PAGE);
    }

    /**
     * Changes pages in a transaction. The transaction is committed when the call returns.
     *
     * @param nonce makes the records of an older transaction invalid
     */
    void commit(long nonce, Map<Integer, ByteBuffer> pages) throws IOException {
        int records = 0;
        for (int number : pages.keySet()) {
            ByteBuffer old = page(number);
            ByteBuffer record = ByteBuffer.allocate(RECORD).putInt(number).putInt(checksum(nonce, number, old));
            write(record(records++), record.put(old).flip());
        }
        flush();
        write(JOURNAL, header(MAGIC, nonce, records));
        flush();
        for (Map.Entry<Integer, ByteBuffer> page : pages.entrySet()) {
            write((long) page.getKey() * PAGE, page.getValue().duplicate());
        }
        flush();
        write(JOURNAL, header(0, 0, 0));
        flush();
    }

    /** Rolls back the transaction that a power cut interrupted. */
    void recover() throws IOException {
        ByteBuffer header = read(JOURNAL, SECTOR);
        if (header.getLong() != MAGIC) {
            return;
        }
        long nonce = header.getLong();
        int records = header.getInt();
        for (int i = 0; i < records; i++) {
            ByteBuffer record = read(record(i), RECORD);
            int number = record.getInt();
            int checksum = record.getInt();
            ByteBuffer old = record.slice();
            if (number < 0 || number >= PAGES || checksum != checksum(nonce, number, old)) {
                break; // SQLite stops at the first record that was not written
            }
            write((long) number * PAGE, old);
        }
        disk.flush();
        write(JOURNAL, header(0, 0, 0));
        disk.flush();
    }

    private static long record(int number) {
        return JOURNAL + SECTOR + (long) number * RECORD;
    }

    private static ByteBuffer header(long magic, long nonce, int records) {
        return ByteBuffer.allocate(SECTOR)
                .putLong(magic)
                .putLong(nonce)
                .putInt(records)
                .clear();
    }

    private static int checksum(long nonce, int number, ByteBuffer page) {
        CRC32C sum = new CRC32C();
        sum.update(ByteBuffer.allocate(12).putLong(nonce).putInt(number).flip());
        sum.update(page.duplicate());
        return (int) sum.getValue();
    }

    private ByteBuffer read(long offset, int length) throws IOException {
        ByteBuffer data = ByteBuffer.allocate(length);
        disk.position(offset).read(data);
        return data.flip();
    }

    private void write(long offset, ByteBuffer data) throws IOException {
        step.run();
        disk.position(offset).write(data);
    }

    private void flush() throws IOException {
        step.run();
        if (isFull) {
            disk.flush();
        }
    }
}
