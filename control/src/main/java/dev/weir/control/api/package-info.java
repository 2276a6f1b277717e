/** The operations of the HTTP API, without HTTP. */
@NullMarked
package dev.weir.control.api;

import org.jspecify.annotations.NullMarked;
