package dev.weir.cluster.members;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.cluster.MemberAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MembersTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Path file;
    private final List<String> warnings = new ArrayList<>();
    private final Map<String, List<String>> names = new TreeMap<>();
    private long now = Long.MAX_VALUE - SECOND;

    MembersTest(@TempDir Path folder) {
        file = folder.resolve("members.txt");
    }

    private InetAddress[] resolve(String name) throws UnknownHostException {
        List<String> addresses = names.get(name);
        if (addresses == null) {
            throw new UnknownHostException(name);
        }
        List<InetAddress> resolved = new ArrayList<>();
        for (String address : addresses) {
            resolved.add(InetAddress.getByName(address));
        }
        return resolved.toArray(InetAddress[]::new);
    }

    private Members inFile() {
        names.put("10.0.0.1", List.of("10.0.0.1"));
        names.put("10.0.0.2", List.of("10.0.0.2"));
        names.put("::1", List.of("::1"));
        return new Members(new MemberFile(file, warnings::add), this::resolve, () -> now, warnings::add, Runnable::run);
    }

    private List<String> later(Members members) {
        now += SECOND;
        return shown(members);
    }

    private static List<String> shown(Members members) {
        return members.addresses().stream()
                .map((InetSocketAddress each) -> each.getAddress().getHostAddress() + ":" + each.getPort())
                .toList();
    }

    private void write(String... lines) throws IOException {
        Files.write(file, Stream.of(lines).toList());
    }

    @Test
    void nameStandsForAllItsAddresses() {
        names.put("weir.internal", List.of("10.0.0.1", "10.0.0.2"));
        Members members = new Members(
                () -> List.of("weir.internal:7800"), this::resolve, () -> now, warnings::add, Runnable::run);
        assertEquals(List.of("10.0.0.1:7800", "10.0.0.2:7800"), shown(members));
        names.put("weir.internal", List.of("10.0.0.3"));
        assertEquals(List.of("10.0.0.1:7800", "10.0.0.2:7800"), shown(members));
        assertEquals(List.of("10.0.0.3:7800"), later(members));
    }

    @Test
    void nameWithoutAddressKeepsTheLastOnes() {
        names.put("weir.internal", List.of("10.0.0.1"));
        Members members = new Members(
                () -> List.of("weir.internal:7800"), this::resolve, () -> now, warnings::add, Runnable::run);
        assertEquals(List.of("10.0.0.1:7800"), later(members));
        names.clear();
        assertEquals(List.of("10.0.0.1:7800"), later(members));
        assertEquals(List.of("10.0.0.1:7800"), later(members));
        assertEquals(List.of("cluster: weir.internal has no address; its last addresses stay"), warnings);
    }

    @Test
    void slowNameDelaysNoOther() {
        names.put("slow", List.of("10.0.0.9"));
        names.put("10.0.0.1", List.of("10.0.0.1"));
        List<Runnable> slow = new ArrayList<>();
        Members members = new Members(
                () -> List.of("slow:7800", "10.0.0.1:7800"), this::resolve, () -> now, warnings::add, slow::add);
        assertEquals(List.of("10.0.0.1:7800"), later(members));
        assertEquals(List.of("10.0.0.1:7800"), later(members));
        assertEquals(1, slow.size());
        slow.get(0).run();
        assertEquals(List.of("10.0.0.9:7800", "10.0.0.1:7800"), later(members));
        assertEquals(List.of(), warnings);
    }

    @Test
    void fileWithoutAddressOrWithTooManyIsRefused() throws IOException {
        Members members = inFile();
        write("10.0.0.1:7800");
        assertEquals(List.of("10.0.0.1:7800"), later(members));
        write("# none");
        assertEquals(List.of("10.0.0.1:7800"), later(members));
        write(IntStream.rangeClosed(1, 1001)
                .mapToObj(port -> "10.0.0.2:" + port)
                .toArray(String[]::new));
        assertEquals(List.of("10.0.0.1:7800"), later(members));
        String rule = "members-file = %s: has %d addresses; must have from 1 to 1000; the members before it stay";
        assertEquals(List.of(rule.formatted(file, 0), rule.formatted(file, 1001)), warnings);
    }

    @Test
    void fileIsReadAgainAfterAChange() throws IOException {
        Members members = inFile();
        write("# the first rack", "10.0.0.1:7800   # h1", "", "[::1]:7801");
        assertEquals(List.of("10.0.0.1:7800", "0:0:0:0:0:0:0:1:7801"), later(members));
        write("10.0.0.1:7800", "10.0.0.2:7800");
        assertEquals(List.of("10.0.0.1:7800", "10.0.0.2:7800"), later(members));
        assertEquals(List.of(), warnings);
    }

    @Test
    void fileWithAnErrorIsRefusedAsAWhole() throws IOException {
        Members members = inFile();
        write("10.0.0.1:7800");
        assertEquals(List.of("10.0.0.1:7800"), later(members));
        write("10.0.0.2:7800", "10.0.0.2");
        assertEquals(List.of("10.0.0.1:7800"), later(members));
        assertEquals(List.of("10.0.0.1:7800"), later(members));
        assertEquals(
                List.of("members-file = " + file + ": line 2: \"10.0.0.2\": " + MemberAddress.RULE
                        + "; the members before it stay"),
                warnings);
    }

    @Test
    void missingFileIsNoMember() throws IOException {
        Members members = inFile();
        assertEquals(List.of(), later(members));
        assertEquals(List.of(), later(members));
        assertEquals(List.of("members-file = " + file + ": is missing; the members before it stay"), warnings);
        write("10.0.0.1:7800");
        assertEquals(List.of("10.0.0.1:7800"), later(members));
    }
}
