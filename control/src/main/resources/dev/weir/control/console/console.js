/** The console: signs in, follows the events and shows drives, groups and events. */
import { call, signIn } from './api.js';
import { bytes, limits, count, cell } from './format.js';
import { DrivePanel, SAMPLES } from './drive.js';
import { showGroups, showTimers, showCluster } from './views.js';

const PAGE = 100, SPARK = 60, MOST_EVENTS = 200, MOST_HISTORIES = 2000;
const element = id => document.getElementById(id);
const drives = new Map(), histories = new Map(), rows = new Map();
let page = 0, isSlow = false;

const rate = drive => drive.rates.read_bytes_per_second + drive.rates.write_bytes_per_second;
const requests = drive => drive.rates.reads_per_second + drive.rates.writes_per_second;
const queued = drive => drive.queued_reads + drive.queued_writes;

function report(problem) {
  const message = element('message');
  message.hidden = problem === null;
  if (problem !== null) {
    message.textContent = problem.status === 401
      ? 'You are signed out. Run "weir console" and open the new link.' : problem.message;
  }
}

const panel = new DrivePanel(histories, report);

function remember(drive) {
  let history = histories.get(drive.name);
  if (!history) {
    if (histories.size >= MOST_HISTORIES) return;
    history = { rates: [], limits: [] };
    histories.set(drive.name, history);
  }
  history.rates.push(rate(drive));
  const { bps, bps_rd: read, bps_wr: write } = drive.limits;
  history.limits.push([bps, read, write].filter(Boolean).sort((a, b) => a - b)[0] ?? null);
  if (history.rates.length > SAMPLES) { history.rates.shift(); history.limits.shift(); }
}

function onSamples(text) {
  const start = performance.now(), sample = JSON.parse(text);
  if (sample.full) drives.clear();
  sample.removed.forEach(name => { drives.delete(name); histories.delete(name); rows.delete(name); });
  sample.drives.forEach(drive => drives.set(drive.name, drive));
  drives.forEach(remember); // an unchanged drive has the same rate
  showDrives();
  performance.clearMeasures();
  performance.measure('samples', { start });
}

function visible() {
  const words = element('filter').value.toLowerCase();
  const order = element('sort').value, by = { rate, requests, queued }[order];
  const found = [...drives.values()].filter(drive => drive.name.toLowerCase().includes(words)
    || (drive.group ?? '').toLowerCase().includes(words) || drive.state.includes(words));
  if (order === 'name') return found.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  return by ? found.sort((a, b) => by(b) - by(a)) : found;
}

function showDrives() {
  if (element('view-drives').hidden || document.hidden) return;
  const found = visible(), pages = Math.max(1, Math.ceil(found.length / PAGE));
  page = Math.min(page, pages - 1);
  element('page').textContent = `${count(found.length, 'drive')}, page ${page + 1} of ${pages}`;
  element('previous').disabled = page === 0;
  element('next').disabled = page === pages - 1;
  const shown = found.slice(page * PAGE, page * PAGE + PAGE);
  const body = element('drives');
  const color = getComputedStyle(body).color; // once, because each look may compute all styles again
  shown.forEach((drive, i) => {
    const row = rows.get(drive.name) ?? newRow(drive.name);
    update(row, drive, color);
    if (body.children[i] !== row.tr) body.insertBefore(row.tr, body.children[i] ?? null);
  });
  while (body.children.length > shown.length) body.lastChild.remove();
}

function newRow(name) {
  const tr = document.createElement('tr'), open = document.createElement('button');
  open.type = 'button';
  open.textContent = name;
  open.addEventListener('click', () => panel.open(name));
  cell(tr, '').append(open);
  const cells = ['', 'n', 'n', '', 'n', '', '', ''].map(className => cell(tr, '', className));
  const spark = document.createElement('canvas');
  spark.className = 'spark';
  spark.width = 120;
  spark.height = 22;
  spark.setAttribute('aria-hidden', 'true');
  cells[3].append(spark);
  const row = { tr, cells, spark };
  rows.set(name, row);
  return row;
}

function set(td, text) { if (td.textContent !== text) td.textContent = text; }

function update(row, drive, color) {
  const [state, rateCell, requestCell, , queue, held, limitCell, group] = row.cells;
  set(state, drive.state + (drive.reason ? `: ${drive.reason}` : '') + (drive.faults.length ? ` (faults: ${drive.faults.join(', ')})` : ''));
  state.className = drive.state;
  set(rateCell, `${bytes(rate(drive))}/s`);
  set(requestCell, String(requests(drive)));
  set(queue, String(queued(drive)));
  set(held, drive.held_by || '–');
  set(limitCell, limits(drive.limits));
  set(group, drive.group ?? '–');
  paint(row.spark, histories.get(drive.name), color);
}

function paint(canvas, history, color) {
  const pen = canvas.getContext('2d');
  pen.clearRect(0, 0, canvas.width, canvas.height);
  if (!history) return;
  const values = history.rates.slice(-SPARK), most = Math.max(1, ...values);
  pen.strokeStyle = color;
  pen.beginPath();
  values.forEach((value, i) => pen.lineTo(i * canvas.width / SPARK, canvas.height - 1 - (canvas.height - 2) * value / most));
  pen.stroke();
}

function onEvent(event) {
  const of = JSON.parse(event.data), item = document.createElement('li');
  item.textContent = `${of.time.replace('T', ' ').slice(0, 19)} ${of.type} ${of.subject} `
    + Object.entries(of.details).filter(([, value]) => value !== '').map(([key, value]) => `${key}: ${value}`).join(', ');
  element('events').prepend(item);
  while (element('events').children.length > MOST_EVENTS) element('events').lastChild.remove();
}

function follow() {
  const events = new EventSource('/v1/events?samples=true');
  const status = text => { element('connection').textContent = text; };
  events.addEventListener('open', () => { status('live'); report(null); });
  events.addEventListener('error', () => {
    status('connection lost, trying again');
    if (!isSlow) {
      isSlow = true;
      setTimeout(() => { isSlow = false; }, 3000);
      call('GET', '/v1').catch(problem => { if (problem.status) report(problem); });
    }
    if (events.readyState === EventSource.CLOSED) setTimeout(follow, 3000);
  });
  events.addEventListener('samples', event => onSamples(event.data));
  ['drive-state', 'drive-added', 'drive-removed', 'group-added', 'group-removed', 'settings-changed', 'held-long',
    'held-long-over', 'fault-began', 'fault-ended', 'lease-lost', 'partition', 'partition-over',
    'coordinator', 'configuration'].forEach(type => events.addEventListener(type, onEvent));
}

/** Reads the view that is shown, unless it follows the events. */
function refresh() {
  const views = { groups: showGroups, timers: showTimers, cluster: showCluster };
  const shown = Object.keys(views).find(name => !element(`view-${name}`).hidden);
  if (shown && !document.hidden) views[shown]().catch(report);
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  localStorage.setItem('weir-theme', theme);
  panel.redraw();
}

document.querySelectorAll('[data-view]').forEach(button => button.addEventListener('click', () => {
  document.querySelectorAll('[data-view]').forEach(other => {
    other.setAttribute('aria-pressed', String(other === button));
    element(`view-${other.dataset.view}`).hidden = other !== button;
  });
  showDrives();
  refresh();
}));
element('theme').addEventListener('click', () => setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'));
element('filter').addEventListener('input', () => { page = 0; showDrives(); });
element('sort').addEventListener('change', showDrives);
element('previous').addEventListener('click', () => { page--; showDrives(); });
element('next').addEventListener('click', () => { page++; showDrives(); });
element('timer-filter').addEventListener('input', refresh);
addEventListener('resize', () => panel.draw());
setInterval(refresh, 2000);
setTheme(localStorage.getItem('weir-theme') ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'));

let refusal = null;
try {
  await signIn().catch(problem => { refusal = problem; }); // a used link may belong to a session that goes on
  await call('GET', '/v1');
  follow();
} catch (problem) {
  report(refusal ?? problem);
  element('connection').textContent = 'not connected';
}
