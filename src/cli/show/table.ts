import Table from 'cli-table3';

/** A text for a terminal: control characters, which could move the cursor or worse, are shown as �. */
export function shown(value: unknown): string {
  const text = value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  return text.replace(/\p{Cc}/gu, '\ufffd');
}

/** A column: its heading, and whether it holds figures, which stand on the right. */
export type Column = string | { readonly figures: string };

/** Nothing but spaces between columns: for pipes, and quieter to read on a screen. */
const spaces = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
  ].map((name) => [name, '']),
);

/** A table as text, each line ended; nothing where there are no rows. */
export function table(columns: readonly Column[], rows: readonly (readonly unknown[])[]): string {
  if (rows.length === 0) return '';
  const drawn = new Table({
    head: columns.map((column) => (typeof column === 'string' ? column : column.figures)),
    colAligns: columns.map((column) => (typeof column === 'string' ? 'left' : 'right')),
    chars: { ...spaces, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  drawn.push(...rows.map((row) => row.map(shown)));
  return `${drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

/** An amount in units of 10^-digits, as people write it: `3330` with 2 digits is `33.30`. */
export function money(amount: number, digits: number): string {
  const figures = String(Math.abs(amount)).padStart(digits + 1, '0');
  const whole = figures.slice(0, figures.length - digits);
  const sign = amount < 0 ? '-' : '';
  return digits === 0 ? sign + whole : `${sign}${whole}.${figures.slice(-digits)}`;
}
