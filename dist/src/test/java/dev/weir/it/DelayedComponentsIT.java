package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/**
 * Declarative Services drops the instance of a delayed component when its last user gives it back, after a single call
 * for some. A delayed component with state forgets it then, so each component that keeps state is immediate.
 */
class DelayedComponentsIT {
    private static final Path FOLDER = Path.of(System.getProperty("weir.folder"));

    /** References to services, which are no state of the component. */
    private static final Set<String> SERVICES = Set.of("dev.weir.shell.command.Services", "dev.weir.clock.Clock");

    /** Components whose state is meant to last as long as a user holds the service, and whose API says so. */
    private static final Set<String> HELD = Set.of("dev.weir.engine.events.ObservedEvents");

    private static List<Path> jars() throws IOException {
        try (Stream<Path> all = Files.walk(FOLDER)) {
            return all.filter(file -> file.toString().endsWith(".jar")).toList();
        }
    }

    @Test
    void delayedComponentKeepsNoState() throws Exception {
        List<Path> jars = jars();
        List<URL> urls = new ArrayList<>();
        for (Path jar : jars) {
            urls.add(jar.toUri().toURL());
        }
        List<String> faults = new ArrayList<>();
        int components = 0;
        try (URLClassLoader loader = new URLClassLoader(urls.toArray(URL[]::new))) {
            for (Path jar : jars) {
                if (jar.getFileName().toString().startsWith("weir-")) {
                    for (Element component : components(jar)) {
                        components++;
                        faults.addAll(state(component, loader));
                    }
                }
            }
        }
        assertTrue(components > 15, components + " components");
        assertEquals(List.of(), faults);
    }

    private static List<Element> components(Path jar) throws Exception {
        List<Element> found = new ArrayList<>();
        try (JarFile file = new JarFile(jar.toFile())) {
            String names = file.getManifest().getMainAttributes().getValue("Service-Component");
            for (String name : names == null ? new String[0] : names.split(",")) {
                try (InputStream xml = file.getInputStream(file.getEntry(name))) {
                    found.add(DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(xml)
                            .getDocumentElement());
                }
            }
        }
        return found;
    }

    private static List<String> state(Element component, ClassLoader loader) throws ClassNotFoundException {
        boolean hasService = component.getElementsByTagName("service").getLength() > 0;
        if (!hasService || component.getAttribute("immediate").equals("true")) {
            return List.of();
        }
        Element implementation =
                (Element) component.getElementsByTagName("implementation").item(0);
        Class<?> type = loader.loadClass(implementation.getAttribute("class"));
        if (HELD.contains(type.getName())) {
            return List.of();
        }
        return Arrays.stream(type.getDeclaredFields())
                .filter(DelayedComponentsIT::isState)
                .map(field -> type.getName() + "." + field.getName())
                .toList();
    }

    private static boolean isState(Field field) {
        boolean isReference = Modifier.isFinal(field.getModifiers())
                && SERVICES.contains(field.getType().getName());
        return !Modifier.isStatic(field.getModifiers()) && !isReference;
    }
}
