import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const page = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');

/** Every rule of the page, with the test files that it names. */
const rules = [...page.matchAll(/^(\d+)\. \*\*.*\(((?:`test\/[^`]+`(?:, )?)+): \*rule (\d+)\*\)$/gm)].map(
  ([, number, files, named]) => ({
    number: Number(number),
    named: Number(named),
    files: [...(files ?? '').matchAll(/`([^`]+)`/g)].map(([, file]) => file ?? ''),
  }),
);

describe('docs/protocol.md', () => {
  it('has the fourteen rules of the protocol', () => {
    expect(rules.map(({ number }) => number)).toEqual(Array.from({ length: 14 }, (_, index) => index + 1));
  });

  it.each(rules)('names tests for rule $number that exist', ({ number, named, files }) => {
    expect(named).toBe(number);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
      expect(source, file).toMatch(new RegExp(`(it|test|describe)[^\\n]*\\(\\s*['"\`]rule ${number}: `));
    }
  });
});
