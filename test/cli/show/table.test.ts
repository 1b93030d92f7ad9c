import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { painted, table } from '../../../src/cli/show/table.ts';
import { widthOf } from '../../../src/cli/show/text.ts';

const columns = ['id', { figures: 'amount' }, { text: 'why' }];
const rows = [
  ['SO-1', 5, 'it is not paid yet, and nothing has been shipped either'],
  ['日本', 1234, ''],
];

describe('A table', () => {
  it('is aligned by what is seen, figures on the right', () => {
    expect(table(columns, rows)).toBe(`\
id    amount  why
SO-1       5  it is not paid yet, and nothing has been shipped either
日本    1234
`);
  });

  it('breaks its text where the screen is narrow, and never an id', () => {
    expect(table(columns, rows, { width: 40, hasColors: false })).toBe(`\
id    amount  why
SO-1       5  it is not paid yet, and
              nothing has been shipped
              either
日本    1234
`);
  });

  it('cuts a text that would be longer than six lines', () => {
    const long = Array.from({ length: 100 }, (_, index) => `word${index}`).join(' ');
    const lines = table(columns, [['SO-1', 1, long]], { width: 40, hasColors: false })
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(7);
    expect(lines.at(-1)).toMatch(/…$/);
  });

  it('is nothing where there are no rows', () => {
    expect(table(columns, [])).toBe('');
  });

  it('has colors only on a screen that has them, and the same layout', () => {
    const colored = [['SO-1', 5, painted('red', 'no')]];
    expect(table(columns, colored)).not.toContain('\u001b');
    const text = table(columns, colored, { width: 80, hasColors: true });
    expect(text).toContain('\u001b[31mno\u001b[39m');
    expect(text).toContain('\u001b[1mid\u001b[22m');
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
    expect(text.replace(escapes, '')).toBe(table(columns, [['SO-1', 5, 'no']]));
  });

  it('fits the screen wherever ids and figures leave enough room', () => {
    const cell = fc.string({ maxLength: 200 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 40, max: 200 }),
        (texts, width) => {
          const drawn = table(
            ['id', { text: 'a' }, { text: 'b' }],
            texts.map(([a, b], index) => [index, a, b]),
            {
              width,
              hasColors: false,
            },
          );
          for (const line of drawn.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});
