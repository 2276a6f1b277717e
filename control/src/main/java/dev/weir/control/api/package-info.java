/** The requests of the API and their answers, without HTTP. */
@NullMarked
package dev.weir.control.api;

import org.jspecify.annotations.NullMarked;
