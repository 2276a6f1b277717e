/**
 * The channel behind {@code ./weir exec}, {@code shell}, {@code status} and {@code stop}: a Unix socket in Weir's home
 * that only its owner can open. Each connection carries one request. See docs/design/decisions/011.
 *
 * <p>Both sides send frames: a type (one byte, a letter), the payload's length (four bytes, big-endian, at most
 * 64 KiB) and the payload. Text is UTF-8. The server sends its hello on connect. The client sends its hello before its
 * request and need not wait for the server's hello.
 *
 * <table> <caption>Frames</caption> <tr><th>type</th><th>from</th><th>payload</th></tr> <tr><td>{@code
 * H}</td><td>both</td><td>hello: lines of {@code key=value}. {@code protocol=1} is required. The server adds {@code
 * version} and {@code pid}. The client adds {@code user} and {@code folder}, and {@code columns} if it writes to a
 * terminal, with {@code ascii} if that shows only ASCII. For a shell it adds {@code lines}, {@code term} and (without
 * colours) {@code no_color}. Unknown keys are ignored.</td></tr> <tr><td>{@code X}</td><td>client</td><td>a line for
 * Gogo to execute</td></tr> <tr><td>{@code B}</td><td>client</td><td>a built-in request: {@code status}, {@code status
 * --json} or {@code stop}</td></tr> <tr><td>{@code S}</td><td>client</td><td>empty: opens a shell at the client's
 * terminal</td></tr> <tr><td>{@code I}</td><td>client</td><td>in a shell: keyboard input</td></tr> <tr><td>{@code
 * W}</td><td>client</td><td>in a shell: the new window size, with the keys of the hello</td></tr> <tr><td>{@code o},
 * {@code e}</td><td>server</td><td>standard output, standard error</td></tr> <tr><td>{@code
 * q}</td><td>server</td><td>the end: one byte with the exit status (0 for success)</td></tr> </table>
 *
 * <p>The client keeps its side open until {@code q}. Closing it earlier interrupts the request.
 */
@NullMarked
package dev.weir.shell.remote;

import org.jspecify.annotations.NullMarked;
