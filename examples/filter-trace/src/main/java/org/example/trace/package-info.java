/** An example of a filter: it logs slow requests. */
@NullMarked
package org.example.trace;

import org.jspecify.annotations.NullMarked;
