/** Questions of operators to other hosts: shares of all hosts and their drives. */
@NullMarked
package dev.weir.cluster.look;

import org.jspecify.annotations.NullMarked;
