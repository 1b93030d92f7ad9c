import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findExecutable } from '../../src/setup/nats-server.mjs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ordo-find-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Puts a file where a program could be; gives its folder and its full name. */
async function program(name: string, mode = 0o755): Promise<{ bin: string; file: string }> {
  const bin = join(folder, name);
  await mkdir(bin);
  const file = join(bin, process.platform === 'win32' ? 'thing.exe' : 'thing');
  await writeFile(file, '');
  await chmod(file, mode);
  return { bin, file };
}

describe('findExecutable', () => {
  it('finds a program in the first folder of the PATH that has it', async () => {
    const [one, other] = [await program('one'), await program('other')];
    expect(findExecutable('thing', [folder, other.bin, one.bin].join(delimiter))).toBe(other.file);
  });

  it('looks into the further folders after the PATH', async () => {
    const [one, other] = [await program('one'), await program('other')];
    expect(findExecutable('thing', one.bin, [other.bin])).toBe(one.file);
    expect(findExecutable('thing', folder, [other.bin])).toBe(other.file);
  });

  it('finds it there when there is no PATH at all', async () => {
    const { bin, file } = await program('one');
    expect(findExecutable('thing', undefined, [bin])).toBe(file);
  });

  it('passes over folders of that name and files that cannot be run', async () => {
    await mkdir(join(folder, 'thing'));
    const { bin } = await program('one', 0o644);
    expect(findExecutable('thing', [folder, bin].join(delimiter))).toBeUndefined();
  });

  it('does not look into the current folder for an empty part of the PATH', async () => {
    expect(findExecutable('package.json', ['', ''].join(delimiter))).toBeUndefined();
  });
});
