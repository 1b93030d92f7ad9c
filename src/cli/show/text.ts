import stringWidth from 'string-width';

/** Line and paragraph separators, and marks that turn the direction of what follows. */
const disguises = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu;

/** A text for a terminal: characters that could move the cursor or turn the line around are shown as �. */
export function shown(value: unknown): string {
  const text = value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  return text.replace(disguises, '\ufffd');
}

/** How many columns a text takes on a terminal. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The longest beginning of a text that fits into a width, at least one sign of it. */
function beginningOf(text: string, width: number): string {
  let taken = '';
  let takenWidth = 0;
  for (const { segment } of graphemes.segment(text)) {
    takenWidth += widthOf(segment);
    if (takenWidth > width && taken !== '') break;
    taken += segment;
  }
  return taken;
}

/**
 * Breaks a text into lines of a width: between words, and inside those that are longer than a line. What is beyond
 * the most lines is cut off, and the last one ends with `…`.
 */
export function wrapped(text: string, width: number, mostLines: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest !== '') {
    const line = lineOf(rest, width);
    rest = rest.slice(line.length).trimStart();
    if (lines.length === mostLines - 1 && rest !== '') {
      const cut = widthOf(line.trimEnd()) < width ? line.trimEnd() : beginningOf(line, width - 1);
      return [...lines, `${cut}…`];
    }
    lines.push(line.trimEnd());
  }
  return lines.length === 0 ? [''] : lines;
}

/** What of a text makes up the next line. */
function lineOf(text: string, width: number): string {
  const beginning = beginningOf(text, width);
  if (beginning.length === text.length || text[beginning.length] === ' ') return beginning;
  const space = beginning.lastIndexOf(' ');
  return space <= 0 ? beginning : beginning.slice(0, space);
}
