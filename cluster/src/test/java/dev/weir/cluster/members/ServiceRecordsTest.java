package dev.weir.cluster.members;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** SRV records of a server of the test. */
class ServiceRecordsTest {
    private static final String NAME = "_weir._tcp.example.org";
    private static final int HEADER_BYTES = 12;
    private static final int SRV = 33;
    private static final int INTERNET = 1;
    private static final int ANSWER = 0x8400;
    private static final int NO_SUCH_NAME = 3;
    private static final int NAME_OF_THE_QUESTION = 0xC000 | HEADER_BYTES;

    private record Service(String host, int port) {}

    private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final Thread server = new Thread(this::serve, "dns");
    private final List<String> warnings = new ArrayList<>();
    private volatile List<Service> services = List.of();

    ServiceRecordsTest() throws IOException {
        server.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        socket.close();
        server.join();
    }

    private void serve() {
        byte[] bytes = new byte[512];
        while (!socket.isClosed()) {
            try {
                DatagramPacket query = new DatagramPacket(bytes, bytes.length);
                socket.receive(query);
                byte[] answer = answer(ByteBuffer.wrap(bytes, 0, query.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, query.getSocketAddress()));
            } catch (IOException e) {
                // the end of the test
            }
        }
    }

    private byte[] answer(ByteBuffer query) throws IOException {
        List<Service> found = services;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(query.getShort(0));
        out.writeShort(ANSWER | (found.isEmpty() ? NO_SUCH_NAME : 0));
        for (int count : new int[] {1, found.size(), 0, 0}) {
            out.writeShort(count);
        }
        int end = HEADER_BYTES + NAME.length() + 2;
        byte[] question = new byte[end - HEADER_BYTES];
        query.get(HEADER_BYTES, question);
        out.write(question);
        out.writeShort(SRV);
        out.writeShort(INTERNET);
        for (Service service : found) {
            out.writeShort(NAME_OF_THE_QUESTION);
            out.writeShort(SRV);
            out.writeShort(INTERNET);
            out.writeInt(60);
            out.writeShort(6 + service.host.length() + 2);
            out.writeShort(10);
            out.writeShort(20);
            out.writeShort(service.port);
            for (String label : service.host.split("\\.", -1)) {
                out.writeByte(label.length());
                out.write(label.getBytes(US_ASCII));
            }
            out.writeByte(0);
        }
        return bytes.toByteArray();
    }

    private ServiceRecords records() {
        return new ServiceRecords(NAME, "dns://127.0.0.1:" + socket.getLocalPort(), 30_000, warnings::add);
    }

    @Test
    void recordsHaveHostsAndPorts() {
        ServiceRecords records = records();
        services = List.of(new Service("h2.example.org", 7802), new Service("h1.example.org", 7801));
        assertEquals(List.of("h1.example.org:7801", "h2.example.org:7802"), records.get());
        services = List.of(new Service("h3.example.org", 7803));
        assertEquals(List.of("h3.example.org:7803"), records.get());
        assertEquals(List.of(), warnings);
    }

    @Test
    void nameWithoutRecordsKeepsTheLastOnes() {
        ServiceRecords records = records();
        services = List.of(new Service("h1.example.org", 7801));
        assertEquals(List.of("h1.example.org:7801"), records.get());
        services = List.of();
        assertEquals(List.of("h1.example.org:7801"), records.get());
        assertEquals(List.of("h1.example.org:7801"), records.get());
        services = List.of(new Service("h1.example.org", 0));
        assertEquals(List.of("h1.example.org:7801"), records.get());
        assertEquals(
                List.of(
                        "members-dns = " + NAME + ": has no SRV records; the members before it stay",
                        "members-dns = " + NAME + ": the record \"10 20 0 h1.example.org.\" has no host and port;"
                                + " the members before it stay"),
                warnings);
    }

    @Test
    void serverWithoutAnAnswerKeepsTheLastOnes() {
        ServiceRecords records = new ServiceRecords(NAME, "dns://127.0.0.1:1", 100, warnings::add);
        assertEquals(List.of(), records.get());
        assertEquals(1, warnings.size());
    }
}
