package dev.weir.view.source;

import dev.weir.clock.Clock;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.drive.control.QueuedRequest;
import dev.weir.drive.export.DriveExport;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.view.DriveView;
import dev.weir.view.FaultView;
import dev.weir.view.GroupView;
import dev.weir.view.HeldView;
import dev.weir.view.LimitsView;
import dev.weir.view.QueuedView;
import dev.weir.view.text.Rates;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds views of drives and groups with their current state. Thread-safe. */
public final class Views {
    private final DriveSources sources;
    private final RecentRates recent = new RecentRates();

    public Views(DriveSources sources) {
        this.sources = sources;
    }

    /** Returns views of drives. May block; see {@link RecentRates#of}. */
    public List<DriveView> drives(List<DriveControl> of) {
        Map<String, Rates> rates = rates(of);
        return of.stream()
                .map(drive -> drive(drive, rates.getOrDefault(drive.name(), Rates.NONE)))
                .toList();
    }

    /** Returns a view of a drive. May block; see {@link RecentRates#of}. */
    public DriveView drive(DriveControl drive) {
        return drives(List.of(drive)).get(0);
    }

    /** Returns a view of a drive at the moment of a snapshot. Returns null if its rates need a wait. Never blocks. */
    public @Nullable DriveView driveAtOnce(DriveControl drive, DriveSnapshot now) {
        Clock time = sources.time();
        Rates rates = time == null ? Rates.NONE : recent.atOnce(now, time.nanoTime());
        return rates == null ? null : drive(drive, now, rates);
    }

    private DriveView drive(DriveControl drive, Rates rates) {
        return drive(drive, drive.snapshot(), rates);
    }

    private DriveView drive(DriveControl drive, DriveSnapshot now, Rates rates) {
        return DriveView.of(
                now,
                rates,
                drive.latencies(),
                origins(DriveSettings.pid(drive.name())),
                sources.exports().stream().map(DriveExport::bounds).toList(),
                uris(drive.name()));
    }

    /** Returns views of groups with their drives and rates. May block; see {@link RecentRates#of}. */
    public List<GroupView> groups(Collection<GroupControl> of) {
        List<DriveControl> drives = sources.drives();
        GroupTotals totals = new GroupTotals(sources.groups(), drives, rates(drives));
        return of.stream()
                .map(totals::snapshot)
                .map(group -> group(group, totals))
                .toList();
    }

    private GroupView group(GroupSnapshot group, GroupTotals totals) {
        return GroupView.of(
                group,
                origins(GroupSettings.pid(group.name())),
                totals.rates(group.name()),
                totals.sharePercent(group),
                totals.drives(group.name()));
    }

    /** Returns recent rates by drive; empty without a clock. May block; see {@link RecentRates#of}. */
    public Map<String, Rates> rates(List<DriveControl> of) {
        Clock time = sources.time();
        if (time == null) {
            return Map.of();
        }
        Map<String, Rates> rates = recent.of(of, time);
        if (of.size() > 1) {
            recent.retain(sources.drives()); // costs as much as a list of all drives
        }
        return rates;
    }

    /** Returns the current limits of a drive. */
    public LimitsView limits(DriveControl drive) {
        return LimitsView.of(drive.snapshot(), origins(DriveSettings.pid(drive.name())));
    }

    /** Returns the current limits of a group. */
    public LimitsView limits(GroupControl group) {
        return LimitsView.of(group.snapshot(), origins(GroupSettings.pid(group.name())));
    }

    /** Returns the waiting requests of a drive in the order of their release. */
    public static List<QueuedView> queue(DriveControl drive) {
        return drive.queue().stream()
                .map(request -> QueuedView.of(drive.name(), request))
                .toList();
    }

    /** Returns the sums of the waiting requests by drive and limit. May block; see {@link RecentRates#of}. */
    public List<HeldView> held(List<DriveControl> drives) {
        Map<String, Rates> rates = rates(drives);
        List<HeldView> sums = new ArrayList<>();
        for (DriveControl drive : drives) {
            List<QueuedRequest> queue = drive.queue();
            sums.addAll(HeldView.of(drive.name(), queue, rates.getOrDefault(drive.name(), Rates.NONE)));
        }
        return sums;
    }

    /** Returns the faults of a drive. */
    public static List<FaultView> faults(DriveControl drive) {
        return drive.faults().list().stream()
                .map(fault -> FaultView.of(drive.name(), fault))
                .toList();
    }

    /** Returns the origin of each setting of a drive or group by key; empty without a configuration. */
    public Map<String, String> origins(String pid) {
        ConfigurationSource source = sources.source();
        return source == null ? Map.of() : source.origins(pid);
    }

    /** Returns the addresses of a drive for clients. */
    public List<String> uris(String drive) {
        return sources.exports().stream()
                .flatMap(export -> export.uris(drive).stream())
                .toList();
    }
}
