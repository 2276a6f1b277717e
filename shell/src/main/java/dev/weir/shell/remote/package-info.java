/**
 * The channel behind {@code ./weir exec}, {@code shell}, {@code status} and {@code stop}: a Unix socket in Weir's home that only its
 * owner can open, one request for each connection.
 *
 * <p>Either side sends frames: a type (one byte, a letter), the length of the payload (four bytes, big-endian, at
 * most 64 KiB), the payload. Texts are UTF-8. The server says hello at once, the client before its request; a client
 * may send both without waiting.
 *
 * <table>
 * <caption>Frames</caption>
 * <tr><th>type</th><th>from</th><th>payload</th></tr>
 * <tr><td>{@code H}</td><td>both</td><td>hello: lines of {@code key=value}, of which {@code protocol=1} must be there.
 *     The server adds {@code version} and {@code pid}; the client {@code columns} if it writes to a terminal, and
 *     for a shell {@code lines}, {@code term} and, if colours are not wanted, {@code no_color}. Keys that are not known are passed over.</td></tr>
 * <tr><td>{@code X}</td><td>client</td><td>a line for Gogo to execute</td></tr>
 * <tr><td>{@code B}</td><td>client</td><td>a request that needs no Gogo: {@code status}, {@code status --json},
 *     {@code stop}</td></tr>
 * <tr><td>{@code S}</td><td>client</td><td>nothing: a shell at the client's terminal</td></tr>
 * <tr><td>{@code I}</td><td>client</td><td>in a shell: what is typed</td></tr>
 * <tr><td>{@code W}</td><td>client</td><td>in a shell: its window, that has changed, as in hello</td></tr>
 * <tr><td>{@code o}, {@code e}</td><td>server</td><td>standard output, standard error</td></tr>
 * <tr><td>{@code q}</td><td>server</td><td>the end: one byte, the exit status; 0 is success</td></tr>
 * </table>
 *
 * <p>A client keeps its side open until {@code q}: when it closes, what it asked for is interrupted.
 */
@NullMarked
package dev.weir.shell.remote;

import org.jspecify.annotations.NullMarked;
