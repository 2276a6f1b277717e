/**
 * Block devices and backends: the storage of a drive, its requests and their errors. A bundle adds a type of storage by
 * one service, here of Declarative Services. Its tests extend {@code BlockBackendContract} or {@code
 * BlockDeviceContract} of the test kit (the module {@code testkit}). A backend with blocking operations:
 *
 * <pre>{@code
 * import dev.weir.block.*;
 * import java.io.IOException;
 * import java.nio.ByteBuffer;
 * import java.util.*;
 * import org.osgi.service.component.annotations.Component;
 *
 * @Component(service = BlockBackendFactory.class)
 * public final class ZeroBackendFactory implements BlockBackendFactory {
 *     public String type() {
 *         return "zero"; // backend { type = zero, size = 1GiB }
 *     }
 *
 *     public List<BlockOption> options() {
 *         return List.of(new BlockOption(BlockOption.SIZE, BlockOption.Kind.BYTES, true, "size of the drive"));
 *     }
 *
 *     public BlockBackend open(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
 *         long size = (Long) options.get(BlockOption.SIZE);
 *         if (size < 1) {
 *             throw new IOException("size = " + size + ": must be 1 byte or more");
 *         }
 *         return new ZeroBackend(size);
 *     }
 * }
 *
 * // reads as zeroes and forgets writes
 * record ZeroBackend(long size) implements BlockBackend {
 *     public void read(ByteBuffer destination, long offset) {
 *         while (destination.hasRemaining()) {
 *             destination.put((byte) 0);
 *         }
 *     }
 *
 *     public void write(ByteBuffer source, long offset) {
 *         source.position(source.limit());
 *     }
 *
 *     public void writeZeroes(long offset, long length, boolean mayUnmap) {}
 *
 *     public void trim(long offset, long length) {}
 *
 *     public void flush() {}
 *
 *     public void close() {}
 * }
 * }</pre>
 *
 * <p>An asynchronous device, which answers after 5 ms without a thread that waits:
 *
 * <pre>{@code
 * import dev.weir.block.*;
 * import dev.weir.clock.Clock;
 * import java.io.IOException;
 * import java.nio.ByteBuffer;
 * import java.util.*;
 * import org.osgi.service.component.annotations.Component;
 *
 * @Component(service = BlockDeviceFactory.class)
 * public final class LateZeroFactory implements BlockDeviceFactory {
 *     public String type() {
 *         return "late-zero"; // backend { type = late-zero, size = 1GiB }
 *     }
 *
 *     public List<BlockOption> options() {
 *         return List.of(new BlockOption(BlockOption.SIZE, BlockOption.Kind.BYTES, true, "size of the drive"));
 *     }
 *
 *     public BlockDevice open(String drive, Map<String, Object> options, boolean readOnly, Clock clock)
 *             throws IOException {
 *         long size = (Long) options.get(BlockOption.SIZE);
 *         if (size < 1) {
 *             throw new IOException("size = " + size + ": must be 1 byte or more");
 *         }
 *         return new LateZero(size, clock);
 *     }
 *
 *     public boolean returnsAtOnce() {
 *         return true; // no I/O, no lock
 *     }
 * }
 *
 * record LateZero(long size, Clock clock) implements BlockDevice {
 *     private static final long DELAY_NANOS = 5_000_000;
 *
 *     public void submit(BlockRequest request) {
 *         clock.timer(() -> answer(request)).arm(clock.nanoTime() + DELAY_NANOS);
 *     }
 *
 *     private static void answer(BlockRequest request) {
 *         switch (request.operation()) {
 *             case READ -> fill(request.buffer());
 *             case WRITE -> forget(request.buffer());
 *             case BLOCK_STATUS -> request.extent(request.length(), true);
 *             default -> {} // zeroing, trims, flushes and prefetches have nothing to do
 *         }
 *         request.complete(null); // last, because the request then belongs to its owner
 *     }
 *
 *     private static void fill(ByteBuffer buffer) {
 *         while (buffer.hasRemaining()) {
 *             buffer.put((byte) 0);
 *         }
 *     }
 *
 *     private static void forget(ByteBuffer buffer) {
 *         buffer.position(buffer.limit());
 *     }
 *
 *     public void close() {}
 * }
 * }</pre>
 */
@Export
@Version("1.1.0")
@NullMarked
package dev.weir.block;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
