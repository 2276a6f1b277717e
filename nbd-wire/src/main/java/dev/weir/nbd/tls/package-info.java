/**
 * TLS over a socket, with certificates or pre-shared keys, and the files of both. Only this package knows the libraries
 * of TLS. Nothing in it knows NBD.
 */
@NullMarked
package dev.weir.nbd.tls;

import org.jspecify.annotations.NullMarked;
