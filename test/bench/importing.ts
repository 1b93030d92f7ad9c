import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateOnlineRetail } from '../import/online-retail-generator.ts';
import { figureOf, type Row } from './figures.ts';
import { Subject, withFolder } from './processes.ts';

const START = fileURLToPath(new URL('../../src/start.mjs', import.meta.url));

/** How many lines of a file a second `ordo import online-retail` turns into orders that are paid, shipped and done. */
export async function measureImport(options: {
  readonly nats: string;
  readonly rounds: number;
  readonly scale: number;
  /** A file of the real set; without one, a file of the same shape is made. */
  readonly file: string | undefined;
  readonly say: (text: string) => void;
}): Promise<readonly Row[]> {
  const { nats, rounds, scale, file, say } = options;
  const perSecond: number[] = [];
  let lines = 0;
  for (let round = 1; round <= rounds; round += 1) {
    await withFolder(async (folder) => {
      const generated = file === undefined ? generateOnlineRetail(round, Math.round(600 * scale)) : undefined;
      const csv = file ?? join(folder, 'made-up.csv');
      if (generated !== undefined) await writeFile(csv, generated.csv);
      const service = Subject.serve(nats, join(folder, 'data'));
      await service.ready;
      const start = performance.now();
      lines = await importFile(nats, csv);
      perSecond.push(lines / ((performance.now() - start) / 1_000));
      await service.end('SIGTERM');
      say(`import, round ${round} of ${rounds}: ${Math.round(perSecond.at(-1) ?? 0)} lines/s`);
    });
  }
  return [
    {
      section: 'Import',
      name: `lines of a retail file (${lines} of them), placed, paid, shipped, delivered, confirmed and audited`,
      unit: '/s',
      figure: figureOf(perSecond),
    },
  ];
}

/** Runs the import like anybody would; gives how many lines the file had. */
async function importFile(nats: string, csv: string): Promise<number> {
  const args = [START, 'import', 'online-retail', csv, '--nats', nats, '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`The import has failed with ${code}: ${errors}`);
  const { file } = JSON.parse(output) as { readonly file: { readonly lines: number } };
  return file.lines;
}
