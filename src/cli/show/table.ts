import { paint, type Screen, type Style } from './screen.ts';
import { shown, widthOf, wrapped } from './text.ts';

/**
 * A column: its heading, and whether it holds figures, which stand on the right, or text that may be broken into
 * lines where the screen is narrow. What is in other columns is never broken: it is there to be copied.
 */
export type Column = string | { readonly figures: string } | { readonly text: string };

/** A value in a table that stands out. */
export interface Painted {
  readonly value: unknown;
  readonly style: Style | undefined;
}

/** Marks a value of a table. */
export function painted(style: Style | undefined, value: unknown): Painted {
  return { value, style };
}

/** Where nobody looks on. */
const plain = { width: undefined, hasColors: false };

const gap = '  ';
/** A column of text is made no narrower than this. */
const leastText = 16;
/** A longer text is cut: a table is to be looked over, and `--json` has all of it. */
const mostLines = 6;

interface Cell {
  readonly text: string;
  readonly style: Style | undefined;
}

/** A table as text, each line ended; nothing where there are no rows. Cells may be `painted`. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly unknown[])[],
  screen: Pick<Screen, 'width' | 'hasColors'> = plain,
): string {
  if (rows.length === 0) return '';
  const heading = columns.map((column): Cell => ({ text: headingOf(column), style: 'bold' }));
  const cells = [heading, ...rows.map((row) => columns.map((_, index) => cellOf(row[index])))];
  const natural = columns.map((_, index) => Math.max(...cells.map((row) => widthOf(row[index]?.text ?? ''))));
  const widths = screen.width === undefined ? natural : fitted(columns, natural, screen.width);
  return cells.map((row) => drawn(columns, row, widths, screen)).join('');
}

function headingOf(column: Column): string {
  if (typeof column === 'string') return column;
  return 'figures' in column ? column.figures : column.text;
}

function cellOf(value: unknown): Cell {
  if (typeof value === 'object' && value !== null && 'style' in value && 'value' in value) {
    const { value: inner, style } = value as Painted;
    return { text: shown(inner), style };
  }
  return { text: shown(value), style: undefined };
}

/** Narrows the columns of text, the widest first, until the table fits or they are as narrow as may be. */
function fitted(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  const isText = (index: number): boolean => typeof columns[index] === 'object' && 'text' in columns[index];
  let excess = widths.reduce((sum, one) => sum + one, gap.length * (widths.length - 1)) - width;
  while (excess > 0) {
    const texts = widths
      .map((one, index) => ({ one, index }))
      .filter(({ one, index }) => isText(index) && one > leastText);
    const [widest, next] = texts.sort((a, b) => b.one - a.one);
    if (widest === undefined) break;
    // Down to the next widest at once, or by what is still too much.
    const step = Math.min(excess, Math.max(1, widest.one - Math.max(leastText, next?.one ?? 0)));
    widths[widest.index] = widest.one - step;
    excess -= step;
  }
  return widths;
}

function drawn(
  columns: readonly Column[],
  row: readonly Cell[],
  widths: readonly number[],
  screen: Pick<Screen, 'hasColors'>,
): string {
  const broken = row.map(({ text }, index) => {
    const width = widths[index] ?? 0;
    return widthOf(text) <= width ? [text] : wrapped(text, width, mostLines);
  });
  const height = Math.max(...broken.map((lines) => lines.length));
  const lines = Array.from({ length: height }, (_, line) =>
    row
      .map(({ style }, index) => {
        const column = columns[index];
        const text = broken[index]?.[line] ?? '';
        const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(text)));
        const isFigure = typeof column === 'object' && 'figures' in column;
        const last = index === row.length - 1;
        return isFigure ? space + paint(screen, style, text) : paint(screen, style, text) + (last ? '' : space);
      })
      .join(gap)
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}
