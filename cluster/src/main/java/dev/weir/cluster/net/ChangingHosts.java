package dev.weir.cluster.net;

import dev.weir.cluster.members.Members;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;
import org.jgroups.Address;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TCPPING;
import org.jgroups.util.Responses;

/** Searches for the other hosts at addresses that may change. They are read before each search. */
final class ChangingHosts extends TCPPING {
    private final InetSocketAddress own;
    private final Members others;

    ChangingHosts(InetSocketAddress own, Members others) {
        this.own = own;
        this.others = others;
        // JGroups knows its own classes only; messages carry the number of the protocol
        setId(ClassConfigurator.getProtocolId(TCPPING.class));
        setPortRange(0);
        setInitialHosts(List.of(own));
    }

    @Override
    public void findMembers(List<Address> members, boolean isInitial, Responses responses) {
        setInitialHosts(Stream.concat(Stream.of(own), others.addresses().stream())
                .distinct()
                .toList());
        super.findMembers(members, isInitial, responses);
    }
}
