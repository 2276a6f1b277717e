/** One drive in full: chart, limits, faults, latencies, queue. */
import { call } from './api.js';
import { bytes, nanos, limit, quoted, cell } from './format.js';

const KEYS = ['bps', 'bps_rd', 'bps_wr', 'iops', 'iops_rd', 'iops_wr'];
const UNITS = ['bytes/s', 'bytes/s read', 'bytes/s written', 'requests/s', 'reads/s', 'writes/s'];
const BURSTS = [...KEYS.flatMap(key => [`${key}_max`, `${key}_max_length`]), 'iops_size'];
const SAMPLES = 300;
const element = id => document.getElementById(id);

export class DrivePanel {
  constructor(history, report) {
    this.history = history;
    this.report = report;
    this.name = null;
    this.shown = null; // the drive whose settings the forms have
    this.chart = null;
    this.fields = new Map();
    for (const key of [...KEYS, ...BURSTS]) {
      const label = document.createElement('label');
      const input = document.createElement('input');
      input.name = key;
      input.autocomplete = 'off';
      input.addEventListener('input', () => this.showHocon());
      label.append(KEYS.includes(key) ? `${key}: ${UNITS[KEYS.indexOf(key)]}` : key, input);
      element(KEYS.includes(key) ? 'limit-fields' : 'burst-fields').append(label);
      this.fields.set(key, input);
    }
    element('policy').addEventListener('change', () => this.showHocon());
    element('limits').addEventListener('submit', event => { event.preventDefault(); this.apply(false); });
    element('save').addEventListener('click', () => this.apply(true));
    element('fault').addEventListener('submit', event => { event.preventDefault(); this.setFault(); });
    element('fault-name').addEventListener('input', () => this.showFault());
    element('fault-settings').addEventListener('input', () => this.showFault());
    element('close').addEventListener('click', () => this.close());
    setInterval(() => this.refresh(), 1000);
  }

  async open(name) {
    this.name = name;
    this.allow(null);
    this.report(null);
    element('drive').hidden = false;
    element('drive-title').textContent = name;
    await this.load(true);
    this.draw();
    element('drive').focus();
  }

  close() {
    this.name = null;
    element('drive').hidden = true;
  }

  /** Permits changes of the drive that the forms show; null for none. */
  allow(name) {
    this.shown = name;
    document.querySelectorAll('#drive form button, #faults button').forEach(button => { button.disabled = name === null; });
  }

  path(part = '') { return `/v1/drives/${encodeURIComponent(this.name)}${part}`; }

  async load(withForm) {
    const name = this.name;
    try {
      const drive = await call('GET', this.path());
      const policies = withForm ? await call('GET', '/v1/policies') : null;
      if (drive.name === this.name) this.show(drive, policies);
    } catch (problem) {
      if (problem.status !== 404) this.report(problem);
      else if (name === this.name) {
        this.allow(null);
        element('drive-state').textContent = problem.message;
      }
    }
  }

  async refresh() {
    if (this.name === null || document.hidden) return;
    await this.load(this.shown === null);
    this.draw();
    try {
      this.showQueue(this.shown === null ? [] : await call('GET', this.path('/queue')));
    } catch (problem) {
      this.report(problem);
    }
  }

  show(drive, policies) {
    element('drive-state').textContent = `${drive.state}${drive.reason ? ': ' + drive.reason : ''}, `
      + `${drive.size_bytes === null ? 'size unknown' : bytes(drive.size_bytes)}, ${drive.backend}, `
      + `${drive.queued_reads + drive.queued_writes} waiting, ${drive.in_flight} in flight`
      + (drive.held_by ? `, held by ${drive.held_by}` : '');
    element('timer').textContent = drive.timer.armed
      ? `The timer is due in ${nanos(Math.max(0, drive.timer.due_in_nanos))}.` : 'The timer is idle.';
    if (policies) {
      this.before = { ...drive.limits };
      this.policy = drive.policy;
      this.fields.forEach((input, key) => { input.value = key in drive.limits ? limit(key, drive.limits[key]) : ''; });
      element('policy').replaceChildren(...policies.map(each => new Option(each.type, each.type, false, each.type === drive.policy)));
      element('bursts').open = BURSTS.some(key => key in drive.limits);
      this.allow(drive.name);
      this.showHocon();
      this.showDefinition();
    }
    const rows = [['held', drive.latencies.held], ['storage', drive.latencies.backend]].map(([part, of]) => {
      const row = document.createElement('tr');
      cell(row, part);
      for (const value of [of.p50_nanos, of.p90_nanos, of.p99_nanos, of.p999_nanos, of.max_nanos]) cell(row, nanos(value), 'n');
      return row;
    });
    element('latencies').replaceChildren(...rows);
    this.showFaults(drive.faults);
  }

  showFaults(faults) {
    const text = JSON.stringify(faults.map(fault => [fault.fault, fault.settings, fault.active]));
    if (text === this.shownFaults) return; // keeps the focus of its buttons
    this.shownFaults = text;
    element('faults').replaceChildren(...faults.map(fault => {
      const item = document.createElement('li');
      const clear = document.createElement('button');
      clear.type = 'button';
      clear.textContent = `Clear ${fault.fault}`;
      clear.addEventListener('click', () => this.change('DELETE', `/faults/${encodeURIComponent(fault.fault)}`));
      item.append(`${fault.fault} (${fault.active ? 'active' : 'over'}): `
        + Object.entries(fault.settings).map(([key, value]) => `${key}=${value}`).join(' '), clear);
      return item;
    }));
  }

  showQueue(queue) {
    element('queue').replaceChildren(...queue.slice(0, 100).map(request => {
      const row = document.createElement('tr');
      cell(row, request.id, 'n');
      cell(row, request.operation);
      cell(row, bytes(request.length_bytes), 'n');
      cell(row, nanos(request.age_nanos), 'n');
      cell(row, request.held_by);
      cell(row, nanos(request.goes_in_nanos), 'n');
      cell(row, request.client);
      return row;
    }));
  }

  /** Returns the changed limits; null for a removed one. */
  changes() {
    const changes = {};
    this.fields.forEach((input, key) => {
      const now = input.value.trim(), before = key in this.before ? limit(key, this.before[key]) : '';
      if (now !== before) changes[key] = now === '' ? null : now;
    });
    return changes;
  }

  showHocon() {
    element('applied').textContent = '';
    const lines = Object.entries(this.changes()).map(([key, value]) => `  limits.${key} = ${value}`);
    if (element('policy').value !== this.policy) lines.push(`  policy = ${element('policy').value}`);
    element('hocon').textContent = lines.length === 0 ? 'no change' : `drives.${quoted(this.name)} {\n${lines.join('\n')}\n}`;
  }

  /** Shows the settings as the configuration has them. A drive of another source has none. */
  async showDefinition() {
    const shown = this.name;
    let text = '';
    try {
      const definition = await call('GET', this.path('/definition'));
      text = `# ${definition.place}\ndrives.${quoted(shown)} {\n${definition.hocon.trim().replace(/^ */gm, spaces => '  ' + ' '.repeat(spaces.length / 2))}\n}`;
    } catch (problem) {
      if (problem.status !== 404) this.report(problem);
    }
    if (shown === this.name) element('definition').textContent = text || 'none';
  }

  async apply(isKept) {
    const limits = this.changes(), policy = element('policy').value;
    const isPolicy = policy !== this.policy;
    const path = this.path();
    try {
      if (isKept) {
        const body = {};
        if (Object.keys(limits).length > 0) body.limits = limits;
        if (isPolicy) body.policy = policy;
        await call('PATCH', path, body);
      } else {
        if (isPolicy) await call('PUT', `${path}/policy`, { policy });
        if (Object.keys(limits).length > 0) await call('PATCH', `${path}/limits`, limits);
      }
      this.report(null);
      if (path !== this.path()) return; // another drive has been opened
      await this.load(true);
      element('applied').textContent = isKept ? 'Applied and kept in weir.d.'
        : 'Applied. It lasts until a restart, "reload --restore" or a new value in the file.';
    } catch (problem) {
      this.report(problem);
    }
  }

  faultSettings() {
    return Object.fromEntries(element('fault-settings').value.trim().split(/\s+/).filter(Boolean).map(word => {
      const at = word.indexOf('=');
      return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
    }));
  }

  showFault() {
    const lines = Object.entries(this.faultSettings()).map(([key, value]) => `  ${key} = "${value}"`);
    element('fault-hocon').textContent = `faults.${quoted(element('fault-name').value)} {\n${lines.join('\n')}\n}`;
  }

  setFault() {
    this.change('PUT', `/faults/${encodeURIComponent(element('fault-name').value)}`, this.faultSettings());
  }

  async change(method, part, body) {
    try {
      await call(method, this.path(part), body);
      this.report(null);
      await this.load(false);
    } catch (problem) {
      this.report(problem);
    }
  }

  draw() {
    const history = this.history.get(this.name);
    if (!history) return;
    const now = Date.now() / 1000;
    const times = history.rates.map((_, i) => now - (history.rates.length - 1 - i));
    const width = Math.max(280, element('chart').clientWidth);
    if (this.chart === null) {
      const style = getComputedStyle(document.documentElement);
      const color = name => style.getPropertyValue(name).trim();
      const axis = { stroke: color('--quiet'), grid: { stroke: color('--line'), width: 1 } };
      const clock = seconds => new Date(seconds * 1000).toTimeString().slice(0, 8);
      this.chart = new uPlot({
        width, height: 220, legend: { live: false },
        scales: { x: { range: (plot, low, high) => [high - SAMPLES, high] }, y: { range: (plot, low, high) => [0, Math.max(1, high * 1.1)] } },
        series: [{}, { label: 'bytes/s', stroke: color('--accent'), width: 2 },
          { label: 'lowest limit', stroke: color('--held'), width: 1, dash: [6, 4] }],
        axes: [{ ...axis, space: 90, values: (plot, ticks) => ticks.map(clock) }, { ...axis, size: 80, incrs: Array.from({ length: 50 }, (_, i) => 2 ** i), values: (plot, ticks) => ticks.map(bytes) }]
      }, [times, history.rates, history.limits], element('chart'));
    } else {
      if (this.chart.width !== width) this.chart.setSize({ width, height: 220 });
      this.chart.setData([times, history.rates, history.limits]);
    }
  }

  /** Draws the chart with the colors of another theme. */
  redraw() {
    if (this.chart !== null) this.chart.destroy();
    this.chart = null;
    if (this.name !== null) this.draw();
  }
}

export { SAMPLES };
