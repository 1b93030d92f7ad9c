import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorCodes, errorKinds, voteCodes } from '../../src/contracts/index.ts';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

describe('docs/errors.md', () => {
  it.each(errorCodes)('has a paragraph on %s, with its number and whether to retry', (code) => {
    const { number, retriable } = errorKinds[code];
    expect(page).toContain(`### ${code} (${number}${retriable ? ', retriable' : ''})\n`);
  });

  it.each(voteCodes)('has %s in its table of votes', (code) => {
    const [, votes = ''] = /^## Votes\n(.*?)^## /ms.exec(page) ?? [];
    expect(votes).toMatch(new RegExp(`^\\|[^|]*\\b${code}\\b`, 'm'));
  });
});
