/** Formats numbers for people, as the shell does. */
const BYTES = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const NANOS = ['ns', 'µs', 'ms', 's'];

function scaled(value, step, units) {
  let number = value, unit = 0;
  while (unit < units.length - 1 && Math.round(number) >= step) { number /= step; unit++; }
  return `${number >= 99.95 ? Math.round(number) : Number(number.toPrecision(3))} ${units[unit]}`;
}

export const bytes = value => (value === 0 ? '0' : scaled(value, 1024, BYTES));
export const nanos = value => (value === null ? '–' : value === 0 ? '0' : scaled(value, 1000, NANOS));

/** Returns a limit in a form that the API reads back exactly. */
export function limit(key, value) {
  if (key.endsWith('_length')) return `${value}s`;
  if (!key.startsWith('bps') && key !== 'iops_size') return String(value);
  let number = value, unit = 0;
  while (number > 0 && number % 1024 === 0 && unit < 4) { number /= 1024; unit++; }
  return number + ['', 'KiB', 'MiB', 'GiB', 'TiB'][unit];
}

export const limits = values => Object.entries(values).map(([key, value]) => `${key} ${limit(key, value)}`).join(', ') || '–';

/** Returns a number with its noun. */
export const count = (number, noun) => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** Returns a name as a key of HOCON. */
export const quoted = name => (/^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name));

/** Replaces the content of an element by an element of each pair of a tag and a text. */
export function cell(row, text, className) {
  const td = document.createElement('td');
  td.textContent = text;
  if (className) td.className = className;
  row.append(td);
  return td;
}
