/**
 * Block devices and backends: the storage of a drive, its requests and their errors. A bundle adds a type of storage by
 * one service, here of Declarative Services:
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
 */
@Export
@Version("1.1.0")
@NullMarked
package dev.weir.block;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
