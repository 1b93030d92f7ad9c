import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FINDINGS } from '../../src/store/doctor/finding.ts';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
const rows = page.split('\n').filter((line) => line.startsWith('| '));

describe('docs/errors.md', () => {
  it.each(Object.keys(FINDINGS))('has a row on the finding %s', (code) => {
    const mentioning = rows.filter((row) => (row.split('|')[1] ?? '').split(/[ ,]+/).includes(code));
    expect(mentioning).toHaveLength(1);
  });
});
