/** HTTP: listeners, the check of users, requests and answers. */
@NullMarked
package dev.weir.control.server;

import org.jspecify.annotations.NullMarked;
