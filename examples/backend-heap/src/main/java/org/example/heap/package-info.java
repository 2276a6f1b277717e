/** The backend {@code heap}. */
@NullMarked
package org.example.heap;

import org.jspecify.annotations.NullMarked;
