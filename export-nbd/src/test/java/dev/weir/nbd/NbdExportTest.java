package dev.weir.nbd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.export.DriveExport;
import dev.weir.nbd.connection.Reply;
import dev.weir.nbd.connection.Requests;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;

/** The life cycle of the component with a mock of the framework. */
@Timeout(60)
class NbdExportTest {
    private Dictionary<?, ?> properties = FrameworkUtil.asDictionary(Map.of());
    private boolean registered;

    @Test
    void reportsAddressesAndFaults(@TempDir Path folder) throws Exception {
        Path socket = folder.resolve("s");
        Path other = folder.resolve("t");
        MemoryDrive drive = new MemoryDrive("vm1", 4096, false);
        NbdExport export = new NbdExport(context());
        export.addDrive(drive, Map.of());
        export.activate(listen("unix:" + socket, "unix:relative"));

        assertTrue(registered);
        assertArrayEquals(new String[] {"unix:" + socket}, (String[]) properties.get(DriveExport.ADDRESSES));
        assertArrayEquals(new String[] {"nbd+unix:///?socket=" + socket}, (String[]) properties.get(DriveExport.URIS));
        assertArrayEquals(new String[] {"unix:relative: must be unix:/path, absolute"}, (String[])
                properties.get(DriveExport.FAULTS));
        assertEquals(List.of("nbd+unix:///vm1?socket=" + socket), export.uris("vm1"));

        try (NbdClient client = NbdClient.to(UnixDomainSocketAddress.of(socket), "")) {
            export.modified(listen("unix:" + other));
            assertArrayEquals(new String[] {"unix:" + other}, (String[]) properties.get(DriveExport.ADDRESSES));
            assertArrayEquals(new String[0], (String[]) properties.get(DriveExport.FAULTS));
            client.send(new Requests().flush(1));
            assertEquals(Reply.ok(1), client.reply());

            export.removeDrive(drive);
            assertTrue(client.isClosedByServer());
        }
        export.deactivate();

        assertFalse(registered);
        assertFalse(Files.exists(other));
    }

    @Test
    void unusableTlsFilesAreNamedByProperty(@TempDir Path folder) throws Exception {
        NbdExport export = new NbdExport(context());
        String psk = Files.writeString(folder.resolve("keys.psk"), "bob:00112233445566778899aabbccddeeff\n")
                .toString();
        String bad = Files.writeString(folder.resolve("bad"), "no key\n").toString();

        assertEquals(Map.of(), export.faults(Map.of()));
        assertEquals(Map.of(), export.faults(Map.of("tls", "off", "tls.psk", bad)));
        assertEquals(Map.of(), export.faults(Map.of("tls", "required", "tls.psk", psk)));
        assertEquals(
                Set.of("tls.psk"),
                export.faults(Map.of("tls", "required", "tls.psk", bad)).keySet());
        assertEquals(
                Set.of("tls.client.ca"),
                export.faults(Map.of("tls", "required", "tls.psk", psk, "tls.client.ca", bad))
                        .keySet());
        assertEquals(Set.of("tls"), export.faults(Map.of("tls", "required")).keySet());
    }

    private static NbdExport.Config listen(String... addresses) {
        return proxy(
                NbdExport.Config.class,
                (self, method, arguments) -> method.getName().equals("listen") ? addresses : method.getDefaultValue());
    }

    private BundleContext context() {
        return proxy(BundleContext.class, (self, method, arguments) -> {
            assertEquals("registerService", method.getName());
            assertEquals(DriveExport.class, arguments[0]);
            registered = true;
            properties = (Dictionary<?, ?>) arguments[2];
            return registration();
        });
    }

    private ServiceRegistration<?> registration() {
        return proxy(ServiceRegistration.class, (self, method, arguments) -> {
            if (method.getName().equals("unregister")) {
                registered = false;
            } else {
                assertEquals("setProperties", method.getName());
                properties = (Dictionary<?, ?>) arguments[0];
            }
            return null;
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
