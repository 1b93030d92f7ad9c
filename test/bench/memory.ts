import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { figureOf, type Row } from './figures.ts';
import { Subject, withFolder } from './processes.ts';

const SECTION = 'Memory and disk';

/** Bytes for each order: in memory, at rest, on disk. */
export async function measureMemory(options: {
  readonly rounds: number;
  readonly scale: number;
  readonly say: (text: string) => void;
}): Promise<readonly Row[]> {
  const { rounds, scale, say } = options;
  const orders = Math.round(20_000 * scale);
  const active: number[] = [];
  const atRest: number[] = [];
  const disk: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    await withFolder(async (folder) => {
      const child = Subject.script('./memory-child.ts', [folder, String(orders)], ['--expose-gc']);
      const measured = JSON.parse(await child.ready) as { readonly active: number; readonly atRest: number };
      active.push(measured.active);
      atRest.push(measured.atRest);
      disk.push((await bytesIn(join(folder, 'at-rest'))) / orders);
      say(`memory, round ${round} of ${rounds}: ${Math.round(measured.active)} bytes for each active order`);
      await child.end('SIGTERM');
    });
  }
  return [
    {
      section: SECTION,
      name: 'each active order, in memory',
      unit: 'bytes',
      figure: figureOf(active),
      target: { atMost: 2_048 },
    },
    {
      section: SECTION,
      name: 'each order at rest, in memory',
      unit: 'bytes',
      figure: figureOf(atRest),
      // Nothing: what is left is the garbage collector's and the code's own.
      target: { atMost: 32 },
    },
    { section: SECTION, name: 'each placed order, on disk', unit: 'bytes', figure: figureOf(disk) },
  ];
}

async function bytesIn(folder: string): Promise<number> {
  const files = await readdir(folder);
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
