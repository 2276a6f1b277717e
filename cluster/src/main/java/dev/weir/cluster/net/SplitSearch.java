package dev.weir.cluster.net;

import org.jgroups.Address;
import org.jgroups.PhysicalAddress;
import org.jgroups.View;
import org.jgroups.ViewId;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.MERGE3;
import org.jspecify.annotations.Nullable;

/**
 * Finds the other parts of a split cluster. A host that misses others searches at all addresses, which takes up to
 * eight messages for each pair of hosts. While all configured hosts are members, each host only tells its view to the
 * others, and seldom. It searches once it hears of another view.
 */
class SplitSearch extends MERGE3 {
    /** A host of a complete cluster tells its view once in this many periods. */
    static final int PERIODS = 4;

    private final int hosts;
    private volatile boolean isOtherHeard;
    private int skipped;

    /**
     * Creates a search.
     *
     * @param hosts the number of configured hosts
     */
    SplitSearch(int hosts) {
        this.hosts = hosts;
        setId(ClassConfigurator.getProtocolId(MERGE3.class)); // JGroups knows no number of this class
    }

    @Override
    protected void addInfo(
            Address sender, ViewId itsView, @Nullable String name, @Nullable PhysicalAddress itsAddress) {
        super.addInfo(sender, itsView, name, itsAddress);
        View own = view;
        if (own == null || !itsView.equals(own.getViewId())) {
            isOtherHeard = true;
        }
    }

    /** Called once in a period. */
    @Override
    public void sendInfo() {
        View own = view;
        boolean isComplete = !isOtherHeard && own != null && own.size() >= hosts;
        if (isComplete && ++skipped < PERIODS) {
            return;
        }
        skipped = 0;
        isOtherHeard = false;
        // a multicast goes to the members only
        transport_supports_multicasting = isComplete;
        super.sendInfo();
    }

    @Override
    protected synchronized void startInfoSender() {
        if (!isInfoSenderRunning()) {
            info_sender_future = timer.scheduleWithDynamicInterval(new Turn(), false);
        }
    }

    /** The task of each period. */
    private final class Turn extends InfoSender {
        @Override
        public void run() {
            sendInfo();
        }
    }
}
