/**
 * Filters: devices that wrap the storage of a drive. A bundle adds a type of filter by one service, here of Declarative
 * Services. Its tests extend {@code BlockFilterContract} of the test kit (the module {@code testkit}). This one answers
 * flushes itself, so that a test runs faster:
 *
 * <pre>{@code
 * import dev.weir.block.*;
 * import dev.weir.block.filter.*;
 * import java.util.*;
 * import org.osgi.service.component.annotations.Component;
 *
 * @Component(service = BlockFilterFactory.class)
 * public final class NoFlushFactory implements BlockFilterFactory {
 *     public String type() {
 *         return "no-flush"; // filters = [ { type = no-flush } ]
 *     }
 *
 *     public List<BlockOption> options() {
 *         return List.of();
 *     }
 *
 *     public BlockFilter open(FilterContext context, Map<String, Object> options) {
 *         return new NoFlush(context.next());
 *     }
 * }
 *
 * record NoFlush(BlockDevice next) implements BlockFilter {
 *     public void submit(BlockRequest request) {
 *         if (request.operation() == Operation.FLUSH) {
 *             request.complete(null);
 *         } else {
 *             next.submit(request);
 *         }
 *     }
 *
 *     public void configure(Map<String, Object> options) {}
 *
 *     public void release() {} // holds no request
 * }
 * }</pre>
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.weir.block.filter;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
