import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Level } from 'level';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressOf } from '../../runtime/address.ts';
import { LevelStore } from '../../runtime/level/store.ts';
import { packRecord, unpackRecord } from '../../runtime/record.ts';
import { addCheckUpgradeCommand } from '../../src/cli/check-upgrade.ts';
import { processContext } from '../../src/cli/context.ts';
import { runProgram } from '../../src/cli/program.ts';
import { buildWith, order, Town } from '../upgrade/fixtures/town.ts';

let data: string;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'ordo-check-'));
});

afterEach(() => rm(data, { recursive: true }));

/** Runs the program; gives what it printed and ended with. */
async function run(...args: readonly string[]) {
  let output = '';
  let errors = '';
  const context = {
    ...processContext(),
    write: (text: string) => {
      output += text;
    },
    writeError: (text: string) => {
      errors += text;
    },
    env: { ORDO_DATA: data },
  };
  const exitCode = await runProgram(['check-upgrade', ...args], context, [addCheckUpgradeCommand]);
  return { exitCode, output, errors };
}

/** A stopped service with three orders, of which one is paid. */
async function fill(change?: (store: LevelStore) => Promise<void>): Promise<void> {
  const store = await LevelStore.open(data);
  const town = new Town(store);
  await town.start(buildWith());
  await town.command(addressOf('stock', 'A1'), { type: 'receive', quantity: 10 });
  for (const id of ['SO-1', 'SO-2', 'SO-3']) await town.place(id, 1);
  await town.command(order('SO-1'), { type: 'pay' });
  await town.end();
  await change?.(store);
  await store.close();
}

/** As if a newer build had written two of the orders. */
async function writeAsNewer(store: LevelStore): Promise<void> {
  for (const id of ['SO-1', 'SO-2']) {
    const stored = store.read(order(id));
    if (stored?.record == null) throw new Error(`${id} is not there.`);
    const { revision, head, record } = stored;
    await store.write([
      {
        address: order(id),
        expectedRevision: revision,
        record: packRecord({ ...unpackRecord(record), version: 7 }),
        head,
        facets: { counts: [], listing: null, wakes: [] },
        entries: [{ seq: revision + 1, bytes: head, announcements: 0 }],
      },
    ]);
  }
}

/** All that the directory holds, key by key. */
async function contents(): Promise<readonly (readonly [string, string])[]> {
  const level = new Level<string, Buffer>(data, { valueEncoding: 'buffer' });
  await level.open();
  const entries = await level.iterator().all();
  await level.close();
  return entries.map(([key, value]) => [key, value.toString('base64')]);
}

describe('ordo check-upgrade', () => {
  it('tells what becomes of every record, by machine, version and state', async () => {
    await fill();
    const { exitCode, output, errors } = await run();
    expect(errors).toBe('');
    expect(exitCode).toBe(0);
    expect(output.split('\n')).toEqual([
      '6 records checked against this build; nothing was written.',
      '',
      expect.stringMatching(/^machine +version +state +records +with this build$/),
      expect.stringMatching(
        /^order +1 +life.open payment.paid fulfillment.unfulfilled transaction.none +1 +as they are$/,
      ),
      expect.stringMatching(/^order +1 +life.open payment.unpaid .* +2 +as they are$/),
      expect.stringMatching(/^payment +1 +idle +1 +as they are$/),
      expect.stringMatching(/^stock +1 +idle +1 +as they are$/),
      expect.stringMatching(/^transaction +1 +committed +1 +as they are$/),
      '',
      '6 go on as they are, 0 would be migrated, 0 would break.',
      '',
    ]);
  });

  it('ends with 3 where records would be lost, and says which, why and what to do', async () => {
    await fill(writeAsNewer);
    const { exitCode, output, errors } = await run('--examples', '1');
    expect(exitCode).toBe(3);
    expect(output).toContain('4 go on as they are, 0 would be migrated, 2 would break.');
    expect(output).toContain(`What would break:
  order version 7: a newer build has written it: this one runs version 1
    1 in life.open payment.paid fulfillment.unfulfilled transaction.none, such as order/SO-1
    1 in life.open payment.unpaid fulfillment.unfulfilled transaction.none, such as order/SO-2
`);
    expect(errors).toMatch(/^VERSION_UNKNOWN: 2 of 6 records would be lost with this build.*migrate function/);
  });

  it('answers programs with JSON', async () => {
    await fill(writeAsNewer);
    const { exitCode, output, errors } = await run('--json');
    expect(exitCode).toBe(3);
    expect(JSON.parse(output)).toMatchObject({
      records: 6,
      asIs: 4,
      migrates: 0,
      breaks: 2,
      damaged: { records: 0, examples: [] },
      rows: expect.arrayContaining([
        {
          machine: 'order',
          version: 7,
          state: 'life.open payment.unpaid fulfillment.unfulfilled transaction.none',
          outcome: 'breaks',
          problems: ['a newer build has written it: this one runs version 1'],
          records: 1,
          examples: ['order/SO-2'],
        },
      ]),
    });
    expect(JSON.parse(errors)).toMatchObject({ code: 'VERSION_UNKNOWN' });
  });

  it('writes nothing: every key and value stays, and so does every data file that LevelDB had sorted', async () => {
    await fill(writeAsNewer);
    const before = await contents();
    const files = (await readdir(data)).filter((name) => name.endsWith('.ldb'));
    const bytes = await Promise.all(files.map((name) => readFile(join(data, name))));
    await run();
    await run('--json');
    expect(await Promise.all(files.map((name) => readFile(join(data, name))))).toEqual(bytes);
    expect(files.length).toBeGreaterThan(0);
    expect(await contents()).toEqual(before);
  });

  it('names damaged records and goes on', async () => {
    await fill();
    const level = new Level<string, Buffer>(data, { valueEncoding: 'buffer' });
    await level.put('!actors!order/SO-2', Buffer.from('garbage'));
    await level.close();
    const { exitCode, output } = await run();
    expect(exitCode).toBe(0);
    expect(output).toContain('5 records checked');
    expect(output).toContain('1 damaged record passed over');
    expect(output).toContain('The record of order/SO-2');
  });

  it('says what to do while a service has the store open', async () => {
    const store = await LevelStore.open(data);
    const { exitCode, output, errors } = await run();
    await store.close();
    expect(exitCode).not.toBe(0);
    expect(output).toBe('');
    expect(errors).toMatch(/^LEVEL_LOCKED: .* Stop it, or check a backup or a copy of the directory\./);
  });

  it('makes nothing where there is no store', async () => {
    const { exitCode, errors } = await run('--data', join(data, 'typo'));
    expect(exitCode).toBe(1);
    expect(errors).toContain('typo holds no data of ordo');
    expect(await readdir(data)).toEqual([]);
  });

  it('finds a store that holds nothing to be in order', async () => {
    await (await LevelStore.open(data)).close();
    const { exitCode, output } = await run();
    expect(exitCode).toBe(0);
    expect(output).toContain('0 records checked');
  });

  it('refuses what is no number of examples', async () => {
    expect(await run('--examples', 'some')).toMatchObject({ exitCode: 2 });
  });
});
