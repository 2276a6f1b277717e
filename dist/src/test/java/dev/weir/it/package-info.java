/** The assembled distribution, run as users run it and used by the clients they use. */
package dev.weir.it;
