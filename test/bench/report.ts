import { cpus, platform, release, totalmem } from 'node:os';
import { type Column, table } from '../../src/cli/show/table.ts';
import { type Figure, isMet, type Row } from './figures.ts';

/** The rows as a table for people. */
export function reportText(rows: readonly Row[]): string {
  const sections = [...new Set(rows.map(({ section }) => section))];
  return sections
    .map((section) => {
      const own = rows.filter((one) => one.section === section);
      return `\n${section}\n${table(columns, own.map(cells))}`;
    })
    .join('');
}

const columns: readonly Column[] = [
  'what',
  ...['median', 'spread', 'floor in the same run', 'of it', 'target'].map((figures) => ({ figures })),
  '',
];

function cells(row: Row): string[] {
  const { name, unit, figure, floor, target } = row;
  const met = isMet(row);
  return [
    name,
    `${text(figure.median)} ${unit}`,
    spread(figure),
    floor === undefined ? '' : `${text(floor.figure.median)} ${unit} (${floor.name})`,
    floor === undefined ? '' : `${Math.round((100 * figure.median) / floor.figure.median)} %`,
    target === undefined ? '' : 'atLeast' in target ? `≥ ${text(target.atLeast)}` : `≤ ${text(target.atMost)}`,
    met === undefined ? '' : met ? 'met' : 'MISSED',
  ];
}

function spread({ least, most, rounds }: Figure): string {
  return rounds === 1 ? '1 round' : `${text(least)} – ${text(most)}`;
}

function text(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US').replaceAll(',', '\u202f');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** What it was measured on. */
export function machineText(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${memory} GiB, ${platform()} ${release()}, Node ${process.version}`;
}
