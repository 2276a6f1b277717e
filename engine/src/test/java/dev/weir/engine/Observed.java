package dev.weir.engine;

import dev.weir.testkit.block.BackendScript;
import dev.weir.testkit.block.BackendScript.Fault;
import dev.weir.testkit.block.ScriptedBackends;
import org.jspecify.annotations.Nullable;

/** Fake drives that report each request. */
final class Observed {

    /** Receives the drive, its size and the offset of a request. Each image has another size. */
    interface Observer {
        void reached(String drive, long size, long offset);
    }

    private Observed() {}

    static ScriptedBackends backends(Observer observer) {
        return backends(observer, access -> Fault.NONE);
    }

    /**
     * Makes drives without data.
     *
     * @param faults decides the fault of each call after it was reported
     */
    static ScriptedBackends backends(Observer observer, BackendScript faults) {
        BackendScript script = access -> {
            switch (access.call()) {
                case READ, WRITE, WRITE_ZEROES, TRIM, CACHE ->
                    observer.reached(access.drive(), access.size(), access.offset());
                default -> {}
            }
            return faults.fault(access);
        };
        return new ScriptedBackends("observed", options -> size(options.get("image")), script).option("image");
    }

    private static long size(@Nullable Object image) {
        return Long.MAX_VALUE - Math.floorMod(String.valueOf(image).hashCode(), 1_000);
    }
}
