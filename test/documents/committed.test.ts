import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { documentFiles } from '../../src/documents/files.ts';

const FOLDER = join(import.meta.dirname, '../../docs/api');
const ADVICE = 'run `npm run documents` and commit what it writes';

const files = documentFiles(manifest.version);

describe('The committed documents are what the contracts give now:', () => {
  it.each([...files.keys()])('%s', (path) => {
    expect(readFileSync(join(FOLDER, path), 'utf8'), `docs/api/${path} is out of date: ${ADVICE}`).toBe(
      files.get(path),
    );
  });

  it('there is no other', () => {
    const others = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => path.endsWith('.json') && !files.has(path));
    expect(others, `These are documented no more: ${ADVICE}`).toEqual([]);
  });
});
