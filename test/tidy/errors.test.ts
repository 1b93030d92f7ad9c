import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorCodes, errorKinds } from '../../src/contracts/index.ts';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

describe('docs/errors.md', () => {
  it.each(errorCodes)('has a paragraph on %s, with its number and whether to retry', (code) => {
    const { number, retriable } = errorKinds[code];
    expect(page).toContain(`### ${code} (${number}${retriable ? ', retriable' : ''})\n`);
  });
});
