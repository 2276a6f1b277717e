package dev.weir.cluster.members;

import dev.weir.cluster.MemberAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.Attributes;
import javax.naming.directory.DirContext;
import javax.naming.directory.InitialDirContext;

/**
 * The hosts and ports in the SRV records of a name. All of them are members, so priorities and weights do not count.
 *
 * <p>Not thread-safe. A look-up blocks for at most half a second for each DNS server.
 */
final class ServiceRecords extends RereadEntries {
    /** The DNS servers of the operating system. */
    static final String SYSTEM = "dns:";

    private static final String TYPE = "SRV";
    /** How long to wait for each server. */
    static final int PATIENCE_MILLIS = 500;

    /** The next search for hosts is another try. */
    private static final String TRIES = "1";

    /** Fields of a record: priority, weight, port and host. */
    private static final int FIELDS = 4;

    private final String name;
    private final Hashtable<String, String> environment;

    /**
     * Names records, which need not exist yet.
     *
     * @param name full name of the service
     * @param servers {@link #SYSTEM} or {@code dns://HOST:PORT}
     * @param patienceMillis how long to wait for each server (ms)
     * @param warnings takes a line for each new failure
     */
    @SuppressWarnings("JdkObsolete") // JNDI wants a Hashtable
    ServiceRecords(String name, String servers, int patienceMillis, Consumer<String> warnings) {
        super("members-dns = " + name, warnings);
        this.name = name;
        this.environment = new Hashtable<>(Map.of(
                Context.INITIAL_CONTEXT_FACTORY,
                "com.sun.jndi.dns.DnsContextFactory",
                Context.PROVIDER_URL,
                servers,
                "com.sun.jndi.dns.timeout.initial",
                Integer.toString(patienceMillis),
                "com.sun.jndi.dns.timeout.retries",
                TRIES));
    }

    /** Returns whether a text is a name of SRV records. */
    static boolean isName(String text) {
        return text.startsWith("_");
    }

    @Override
    List<String> read(List<String> last) throws IOException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // the loader of a bundle does not find the JDK's provider
        thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try {
            return records();
        } catch (NameNotFoundException e) {
            throw new IOException("has no SRV records", e);
        } catch (NamingException e) {
            throw new IOException("cannot be looked up: " + e.getMessage(), e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @SuppressWarnings("BanJNDI") // the records of DNS are text, and nothing is deserialized
    private List<String> records() throws NamingException, IOException {
        DirContext dns = new InitialDirContext(environment);
        try {
            Attributes found = dns.getAttributes(name, new String[] {TYPE});
            Attribute records = found.get(TYPE);
            if (records == null) {
                throw new IOException("has no SRV records");
            }
            List<String> entries = new ArrayList<>();
            NamingEnumeration<?> each = records.getAll();
            while (each.hasMore()) {
                entries.add(entry(String.valueOf(each.next())));
            }
            // the servers give them in any order
            return entries.stream().sorted().toList();
        } finally {
            dns.close();
        }
    }

    private static String entry(String record) throws IOException {
        String[] fields = record.split(" ", -1);
        String entry = fields.length == FIELDS ? fields[3].replaceFirst("\\.$", "") + ":" + fields[2] : record;
        if (MemberAddress.parse(entry) == null) {
            throw new IOException("the record \"" + record + "\" has no host and port");
        }
        return entry;
    }
}
