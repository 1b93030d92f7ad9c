import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dependenciesInstalled, installDependencies } from '../../src/setup/dependencies.mjs';
import { SetupError } from '../../src/setup/setup-error.mjs';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ordo-install-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('dependenciesInstalled', () => {
  it('says no in a fresh clone', () => {
    expect(dependenciesInstalled(root)).toBe(false);
  });

  it('says no after an install that was interrupted', async () => {
    await mkdir(join(root, 'node_modules/half-a-package'), { recursive: true });
    expect(dependenciesInstalled(root)).toBe(false);
  });

  it('says yes after a complete install', async () => {
    await mkdir(join(root, 'node_modules'));
    await writeFile(join(root, 'node_modules/.package-lock.json'), '{}');
    expect(dependenciesInstalled(root)).toBe(true);
  });

  it('says yes inside the node_modules of another project', () => {
    expect(dependenciesInstalled(join(root, 'node_modules', 'ordo'))).toBe(true);
  });
});

describe('installDependencies', () => {
  it('names the command and the folder when npm does not succeed', () => {
    // There is no package-lock.json here, which npm ci refuses.
    expect(() => installDependencies(root)).toThrow(SetupError);
    expect(() => installDependencies(root)).toThrow(`run "npm ci" in ${root}`);
  });
});
