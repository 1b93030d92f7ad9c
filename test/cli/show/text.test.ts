import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shown, widthOf, wrapped } from '../../../src/cli/show/text.ts';

describe('A text on a terminal', () => {
  it.each([
    ['a\u001b[2Jb', 'a\ufffd[2Jb'],
    ['two\nlines', 'two\ufffdlines'],
    ['\u202egnp.exe', '\ufffdgnp.exe'],
    ['a\u2028b', 'a\ufffdb'],
    ['👩‍👩‍👧 café 日本', '👩‍👩‍👧 café 日本'],
    [null, ''],
    [{ a: 1 }, '{"a":1}'],
  ])('%j is shown as %j', (value, text) => {
    expect(shown(value)).toBe(text);
  });

  it.each([
    ['one two three', 7, 9, ['one two', 'three']],
    ['one two three', 8, 9, ['one two', 'three']],
    ['abcdefgh', 3, 9, ['abc', 'def', 'gh']],
    ['a bcdefgh', 3, 9, ['a', 'bcd', 'efg', 'h']],
    ['日本語日本語 abc', 6, 9, ['日本語', '日本語', 'abc']],
    ['日本', 1, 9, ['日', '本']],
    ['one two three four', 5, 2, ['one', 'two…']],
    ['abcdefgh', 3, 2, ['abc', 'de…']],
    ['', 5, 2, ['']],
  ])('%j in a width of %i and %i lines is %j', (text, width, most, lines) => {
    expect(wrapped(text, width, most)).toEqual(lines);
  });

  it('loses nothing but spaces when it is wrapped, and no line is too wide', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '日', '👩‍👩‍👧', 'é', '-') });
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 12 }), (given, width) => {
        const lines = wrapped(given, width, Number.POSITIVE_INFINITY);
        expect(lines.join('').replaceAll(' ', '')).toBe(given.replaceAll(' ', ''));
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('has no more lines than it may, cut or not', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 2, max: 12 }),
        fc.integer({ min: 1, max: 4 }),
        (given, width, most) => {
          const lines = wrapped(given, width, most);
          expect(lines.length).toBeLessThanOrEqual(most);
          for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});
