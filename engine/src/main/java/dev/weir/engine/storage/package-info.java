/** Execution of admitted requests on a backend, inline or on the worker threads of a drive. */
@NullMarked
package dev.weir.engine.storage;

import org.jspecify.annotations.NullMarked;
