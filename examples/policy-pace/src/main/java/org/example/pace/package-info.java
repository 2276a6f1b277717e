/** The policy {@code pace}. */
@NullMarked
package org.example.pace;

import org.jspecify.annotations.NullMarked;
