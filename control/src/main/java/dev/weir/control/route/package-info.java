/** Requests, their routes and answers: JSON bodies, problems (RFC 9457) and the OpenAPI document. */
@NullMarked
package dev.weir.control.route;

import org.jspecify.annotations.NullMarked;
