import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connect } from 'nats';
import { startNatsServer } from '../../src/nats-server.ts';
import { isMet, type Row } from './figures.ts';
import { measureImport } from './importing.ts';
import { measureMemory } from './memory.ts';
import { Subject, withFolder } from './processes.ts';
import { machineText, reportText } from './report.ts';
import { measureSoak } from './soak.ts';
import { measureStartup } from './startup.ts';
import { measureThroughput } from './throughput.ts';

const USAGE = `npm run bench -- [options]

Measures on this machine, in one run: the floors (NATS echo, a bare loop of responder, one step and group commit), then
Ordo through a real nats-server and LevelDB, every answer after its sync. Each figure is the median over the rounds.

  --rounds <n>      how often everything is measured, by turns (default 5)
  --scale <part>    how much of everything, 0.1 for a quick look (default 1)
  --only <names>    some of throughput, startup, memory, import, soak; with commas
  --soak <minutes>  how long the soak goes on (default 10; 0 leaves it out)
  --file <csv>      a retail file for the import; without one, one of the same shape is made
  --json <file>     writes the figures there too
`;

const PARTS = ['throughput', 'startup', 'memory', 'import', 'soak'] as const;
type Part = (typeof PARTS)[number];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      scale: { type: 'string', default: '1' },
      only: { type: 'string', default: PARTS.join() },
      soak: { type: 'string', default: '10' },
      file: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const rounds = positive('--rounds', values.rounds);
  const scale = positive('--scale', values.scale);
  const minutes = Number(values.soak);
  const parts = values.only.split(',');
  const unknown = parts.find((part) => !PARTS.some((known) => known === part));
  if (unknown !== undefined) throw new Error(`--only: "${unknown}" is none of ${PARTS.join(', ')}`);
  const isWanted = (part: Part) => parts.includes(part);
  const say = (text: string) => void process.stderr.write(`${text}\n`);

  const rows: Row[] = [];
  const server = await startNatsServer({ port: 0, log: () => {} });
  const connection = await connect({ servers: server.url, name: 'bench' });
  const common = { nats: server.url, connection, rounds, scale, say };
  try {
    if (isWanted('throughput') || (isWanted('soak') && minutes > 0)) {
      await withFolder(async (folder) => {
        const floors = Subject.floors(server.url, join(folder, 'floors'));
        await floors.ready;
        const service = Subject.serve(server.url, join(folder, 'data'));
        await service.ready;
        if (isWanted('throughput')) rows.push(...(await measureThroughput(common)));
        await floors.end('SIGTERM');
        if (isWanted('soak') && minutes > 0) rows.push(...(await measureSoak({ connection, service, minutes, say })));
        await service.end('SIGTERM');
      });
    }
    if (isWanted('startup')) rows.push(...(await measureStartup(common)));
    if (isWanted('memory')) rows.push(...(await measureMemory(common)));
    if (isWanted('import')) rows.push(...(await measureImport({ ...common, file: values.file })));
  } finally {
    await connection.close();
    await server.stop();
  }
  process.stdout.write(`${machineText()}\n${reportText(rows)}`);
  if (values.json !== undefined) {
    const figures = rows.map((row) => ({ ...row, met: isMet(row) ?? null }));
    const report = { machine: machineText(), at: new Date().toISOString(), rounds, scale, figures };
    await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
  }
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${flag}: "${text}" must be a number above 0`);
  return value;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
