/**
 * Configuration source: parses the HOCON file and the command line, validates them and writes the result to
 * Configuration Admin.
 */
@NullMarked
package dev.weir.config;

import org.jspecify.annotations.NullMarked;
