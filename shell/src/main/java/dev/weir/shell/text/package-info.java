/** Text for people and from people: tables that fit the terminal, numbers with units. */
@NullMarked
package dev.weir.shell.text;

import org.jspecify.annotations.NullMarked;
