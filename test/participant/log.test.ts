import { execFileSync } from 'node:child_process';
import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Level } from 'level';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LevelStore } from '../../runtime/level/store.ts';
import { type BranchLog, branchLogChecks, LevelBranchLog, MemoryBranchLog } from '../../src/participant/index.ts';
import { decided, entryIn } from './fixtures/branches.ts';

let directory: string;
let damaged: string[];
const logs: BranchLog[] = [];

beforeEach(async () => {
  directory = await fs.mkdtemp(join(tmpdir(), 'ordo-participant-log-'));
  damaged = [];
});
afterEach(async () => {
  for (const log of logs.splice(0)) await log.close();
  await fs.rm(directory, { recursive: true });
});

async function openLevel(): Promise<BranchLog> {
  const log = await LevelBranchLog.open(directory, ({ message }) => damaged.push(message));
  logs.push(log);
  return log;
}

/** Ends a log before the test does. */
async function end(log: BranchLog): Promise<void> {
  logs.splice(logs.indexOf(log), 1);
  await log.close();
}

/** Changes the stored values while nobody has the directory open. */
async function tamper(change: (level: Level<string, Buffer>) => Promise<void>): Promise<void> {
  const level = new Level<string, Buffer>(directory, { keyEncoding: 'utf8', valueEncoding: 'buffer' });
  await change(level);
  await level.close();
}

/** Flips the last bit of a value. */
async function flip(level: Level<string, Buffer>, key: string): Promise<void> {
  const value = await level.get(key);
  value[value.length - 1] = (value.at(-1) ?? 0) ^ 1;
  await level.put(key, value);
}

describe.each([
  ['in memory', async () => new MemoryBranchLog()],
  ['in LevelDB', openLevel],
] as const)('A log %s', (_name, open) => {
  it.each(branchLogChecks)('$name', async ({ run }) => {
    await run(await open());
  });
});

describe('The checks for logs', () => {
  /** A log with one thing wrong. */
  class Flawed extends MemoryBranchLog {
    readonly #changes: Partial<BranchLog>;

    constructor(changes: (log: MemoryBranchLog) => Partial<BranchLog>) {
      super();
      this.#changes = changes(this);
      Object.assign(this, this.#changes);
    }
  }

  async function failing(changes: (log: MemoryBranchLog) => Partial<BranchLog>): Promise<number> {
    const results = await Promise.allSettled(branchLogChecks.map(({ run }) => run(new Flawed(changes))));
    return results.filter(({ status }) => status === 'rejected').length;
  }

  it.each([
    ['loses what it is given', () => ({ read: async () => undefined })],
    ['takes every write', () => ({ write: async () => true })],
    ['takes no write', () => ({ write: async () => false })],
    ['lists nothing', () => ({ open: async () => [] })],
    ['finds nothing of an order', () => ({ openOfOrder: async () => [] })],
    ['forgets nothing', () => ({ forget: async () => 0 })],
  ] as const)('find one that %s', async (_name, changes) => {
    expect(await failing(changes)).toBeGreaterThan(0);
  });

  it('have nothing against one that is as it should be', async () => {
    expect(await failing(() => ({}))).toBe(0);
  });
});

describe('A log in a directory', () => {
  it('has everything again when it is opened again', async () => {
    const log = await openLevel();
    const entries = [entryIn('preparing'), entryIn('preparing', { branch: 'other' })];
    for (const entry of entries) await log.write(entry);
    await log.write(entryIn('committed'));
    await end(log);
    const again = await openLevel();
    expect(await again.read(entryIn('committed'))).toEqual(entryIn('committed'));
    expect(await again.open({ limit: 9 })).toEqual([entries[1]]);
  });

  it('is for one process: a second one is told so, and what it can do', async () => {
    await openLevel();
    const open = LevelBranchLog.open(directory, () => {});
    await expect(open).rejects.toMatchObject({ code: 'LEVEL_LOCKED', message: expect.stringContaining('one process') });
    const script = `
      import { LevelBranchLog } from './src/participant/index.ts';
      await LevelBranchLog.open(${JSON.stringify(directory)}, () => {}).catch(({ code }) => console.log(code));`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
    expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe('LEVEL_LOCKED\n');
  });

  it('is refused when it is the data of the service, or of anything else, and left as it is', async () => {
    await (await LevelStore.open(directory)).close();
    const refused = { code: 'STORE_FAILED', message: expect.stringContaining('another database') };
    await expect(LevelBranchLog.open(directory, () => {})).rejects.toMatchObject(refused);
    await (await LevelStore.open(directory)).close();
  });

  it('is refused when its CURRENT is lost, and nothing in it is touched', async () => {
    const log = await openLevel();
    await log.write(entryIn('preparing'));
    await end(log);
    await fs.rm(join(directory, 'CURRENT'));
    const before = await fs.readdir(directory);
    await expect(LevelBranchLog.open(directory, () => {})).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    expect(await fs.readdir(directory)).toEqual(before);
  });

  it('is refused where there can be none', async () => {
    const file = join(directory, 'file');
    await fs.writeFile(file, '');
    await expect(LevelBranchLog.open(file, () => {})).rejects.toMatchObject({ code: 'STORE_FAILED' });
  });

  it('names an entry that is damaged, does not use it, and still has the others', async () => {
    const log = await openLevel();
    for (const branch of ['a', 'b']) await log.write(entryIn('preparing', { branch }));
    await end(log);
    await tamper((level) => flip(level, 'branch!SO-1=7E1/a'));
    const again = await openLevel();
    const corrupt = { code: 'STORE_CORRUPT', message: expect.stringContaining('SO-1=7E1/a') };
    await expect(again.read(decided('commit', { branch: 'a' }))).rejects.toMatchObject(corrupt);
    await expect(again.openOfOrder('SO-1', 'SO-1~2', 9)).rejects.toMatchObject(corrupt);
    expect(damaged).toEqual([]);
    expect(await again.open({ limit: 9 })).toEqual([entryIn('preparing', { branch: 'b' })]);
    expect(damaged).toEqual([corrupt.message]);
  });

  it('tells of an index that is damaged, and still has the others', async () => {
    const log = await openLevel();
    for (const branch of ['a', 'b']) await log.write(entryIn('preparing', { branch }));
    await end(log);
    await tamper(async (level) => {
      const [first = ''] = await level.keys({ gt: 'open!', limit: 1 }).all();
      await flip(level, first);
    });
    expect(await (await openLevel()).open({ limit: 9 })).toMatchObject([{ branch: 'b' }]);
    expect(damaged).toHaveLength(1);
  });
});
