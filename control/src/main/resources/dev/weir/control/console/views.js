/** The views that are read every two seconds while they are shown: groups, timers and cluster. */
import { call } from './api.js';
import { bytes, nanos, limits, count, cell } from './format.js';

const MOST_ROWS = 200;
const element = id => document.getElementById(id);
const rate = of => of.rates.read_bytes_per_second + of.rates.write_bytes_per_second;
const requests = of => of.rates.reads_per_second + of.rates.writes_per_second;

/** Replaces the rows of a table: one for each thing, filled by a function. */
function rows(id, things, fill) {
  element(id).replaceChildren(...things.map(thing => {
    const row = document.createElement('tr');
    fill(row, thing);
    return row;
  }));
}

function comparePaths(a, b) {
  const at = a.findIndex((name, i) => name !== b[i]);
  return at < 0 || at >= b.length ? a.length - b.length : a[at].localeCompare(b[at]);
}

/** Returns the branch before each row of a tree, by the depths of the rows. */
function branches(depths) {
  const drawn = [];
  let open = [];
  for (let i = depths.length - 1; i >= 0; i--) {
    const depth = depths[i];
    const above = Array.from({ length: Math.max(0, depth - 1) }, (_, k) => (open[k + 1] ? '│\u00a0' : '\u00a0\u00a0'));
    drawn[i] = above.join('') + (depth === 0 ? '' : open[depth] ? '├─' : '└─');
    open = open.slice(0, depth);
    open[depth] = true;
  }
  return drawn;
}

export async function showGroups() {
  const groups = await call('GET', '/v1/groups');
  const byName = new Map(groups.map(group => [group.name, group]));
  const depth = group => (group && group.parent ? 1 + depth(byName.get(group.parent)) : 0);
  const path = group => (group ? [...path(byName.get(group.parent)), group.name] : []);
  groups.sort((a, b) => comparePaths(path(a), path(b)));
  const drawn = branches(groups.map(depth));
  rows('groups', groups, (row, group) => {
    cell(row, drawn[groups.indexOf(group)] + group.name);
    cell(row, group.state + (group.reason ? `: ${group.reason}` : ''), group.state);
    cell(row, group.queued, 'n');
    cell(row, `${bytes(rate(group))}/s`, 'n');
    cell(row, requests(group), 'n');
    cell(row, group.share_percent === null ? '–' : `${group.share_percent} %`, 'n');
    cell(row, group.weight, 'n');
    cell(row, limits(group.min));
    cell(row, limits(group.limits));
    cell(row, group.drives.slice(0, 20).join(', ') + (group.drives.length > 20 ? ` and ${group.drives.length - 20} more` : ''));
  });
}

/** Shows the armed timers first, the next one at the top, then the others by drive. */
export async function showTimers() {
  const words = element('timer-filter').value.toLowerCase();
  const found = (await call('GET', '/v1/timers')).filter(timer => timer.drive.toLowerCase().includes(words));
  const due = timer => (timer.armed ? timer.due_in_nanos : Infinity);
  found.sort((a, b) => (due(a) === due(b) ? 0 : due(a) - due(b)));
  const armed = found.filter(timer => timer.armed).length;
  element('timer-count').textContent = `${armed} of ${found.length} are armed`
    + (found.length > MOST_ROWS ? `; the first ${MOST_ROWS} are shown` : '');
  rows('timers', found.slice(0, MOST_ROWS), (row, timer) => {
    cell(row, timer.drive);
    cell(row, timer.armed ? nanos(Math.max(0, timer.due_in_nanos)) : 'idle', 'n');
    cell(row, timer.fired, 'n');
    cell(row, nanos(timer.last_late_nanos), 'n');
    cell(row, nanos(timer.worst_late_nanos), 'n');
  });
}

const ends = left => (left < 0 ? '–' : nanos(left));

export async function showCluster() {
  let cluster = null;
  try {
    cluster = await call('GET', '/v1/cluster');
  } catch (problem) {
    if (problem.status !== 404) throw problem;
    element('cluster-state').textContent = problem.message;
  }
  element('cluster-table').hidden = cluster === null;
  if (cluster === null) return;
  element('cluster-state').textContent = `${cluster.cluster}: ${cluster.members.length} of ${cluster.hosts} hosts reachable `
    + `(${cluster.members.join(', ')}); this host is ${cluster.host}; coordinator ${cluster.coordinator ?? 'none'}`
    + (cluster.majority ? '' : ', without a majority: no more than safe shares')
    + (cluster.round_trip_nanos < 0 ? '' : `; round trip ${nanos(cluster.round_trip_nanos)}`)
    + `; ${count(cluster.leases_lost, 'lost lease')}, ${count(cluster.partitions, 'partition')}, `
    + `${count(cluster.coordinator_changes, 'change')} of the coordinator`;
  const hosts = group => (group.shares?.hosts ?? []).map((share, i, all) => ({ group, share, last: i === all.length - 1 }));
  rows('cluster', cluster.groups.flatMap(group => [{ group }, ...hosts(group)]), (row, of) => {
    if (of.share) {
      cell(row, (of.last ? '└─' : '├─') + of.share.host);
      cell(row, of.share.live ? 'live' : 'silent', of.share.live ? '' : 'unavailable');
      cell(row, '');
      cell(row, limits(of.share.share));
      cell(row, limits(of.share.used));
      cell(row, limits(of.share.wants));
      cell(row, ends(of.share.ends_in_nanos), 'n');
    } else {
      const aside = limits(of.group.shares?.aside ?? {});
      cell(row, of.group.name);
      cell(row, of.group.state + (of.group.disagrees ? ', hosts disagree' : ''), of.group.state === 'held' ? 'holding' : '');
      cell(row, limits(of.group.limits));
      cell(row, limits(of.group.shares?.leased ?? of.group.share) + (aside === '–' ? '' : ` (${aside} set aside)`));
      cell(row, limits(of.group.shares?.used ?? of.group.used));
      cell(row, '');
      cell(row, ends(of.group.ends_in_nanos), 'n');
    }
  });
  await showFleet();
}

/** Shows the busiest drives of each host. */
async function showFleet() {
  const fleet = await call('GET', '/v1/cluster/drives');
  const found = fleet.hosts.flatMap(host => host.drives.slice(0, MOST_ROWS).map(drive => ({ host: host.host, drive })));
  element('fleet-state').textContent = fleet.hosts
    .map(host => `${host.host}: ${host.answered ? count(host.total, 'drive') : 'no answer'}`).join(', ');
  rows('fleet', found.slice(0, MOST_ROWS), (row, of) => {
    cell(row, of.host);
    cell(row, of.drive.name);
    cell(row, of.drive.state, of.drive.state);
    cell(row, `${bytes(of.drive.bytes_per_second)}/s`, 'n');
    cell(row, of.drive.requests_per_second, 'n');
    cell(row, of.drive.queued, 'n');
    cell(row, of.drive.held_by || '–');
    cell(row, limits(of.drive.limits));
    cell(row, of.drive.group || '–');
  });
}
