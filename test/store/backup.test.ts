import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LevelStore } from '../../runtime/level/store.ts';
import { restoreBackup, verifyBackup } from '../../src/store/backup/restore.ts';
import { TestService } from '../service/fixtures/test-service.ts';
import { behind, flipValue, remove, rowsOf } from './fixtures/behind.ts';
import { FilledStore, LIVES } from './fixtures/filled-store.ts';
import { backupFile, examined } from './fixtures/tools.ts';

let filled: FilledStore;
let original: string;
let backup: string;
let bytes: Buffer;

beforeAll(async () => {
  filled = await FilledStore.make();
  original = await filled.copy('backed-up');
  backup = filled.path('whole.ordobak');
  await backupFile(original, backup);
  bytes = await readFile(backup);
});
afterAll(() => filled.remove());

/** A restoring that nobody watches. */
const restore = (path: string, directory: string) => restoreBackup(path, directory, () => {});

async function changed(name: string, change: (bytes: Buffer) => Buffer): Promise<string> {
  const path = filled.path(name);
  await writeFile(path, change(Buffer.from(bytes)));
  return path;
}

describe('A backup', () => {
  it('holds every row of the store, and restores to exactly the same', async () => {
    const restored = filled.path('restored');
    const { header, trailer } = await restore(backup, restored);
    const rows = await rowsOf(original);
    expect(await rowsOf(restored)).toEqual(rows);
    expect(trailer.rows).toBe(rows.length);
    expect(header).toMatchObject({ rows: rows.length, takenAt: '2024-02-29T12:00:00.000Z' });
    expect(await examined(restored)).toMatchObject({ found: [], report: { isSound: true } });
  });

  it('of the same store at the same moment is the same file', async () => {
    await backupFile(original, filled.path('again.ordobak'));
    expect(await readFile(filled.path('again.ordobak'))).toEqual(bytes);
  });

  it('can be verified without writing anything', async () => {
    const parts = new Set<string>();
    expect((await verifyBackup(backup, ({ part }) => parts.add(part))).trailer.rows).toBeGreaterThan(100);
    expect([...parts]).toEqual(['verifying']);
  });

  it('of a store with a damaged value is refused, and the value is named', async () => {
    const damaged = await filled.copy('damaged');
    await flipValue(damaged, `!actors!order/${LIVES.returned}`);
    const refused = backupFile(damaged, filled.path('never.ordobak'));
    await expect(refused).rejects.toMatchObject({ code: 'STORE_CORRUPT', message: /The record of order\/SO-1/ });
  });

  it('of a store without its mark is refused', async () => {
    const unmarked = await filled.copy('unmarked');
    await remove(unmarked, '!meta!format');
    const refused = backupFile(unmarked, filled.path('never.ordobak'));
    await expect(refused).rejects.toMatchObject({ code: 'STORE_CORRUPT', message: /mark of the storage format/ });
  });
});

describe('A backup that was altered is refused by name,', () => {
  it('whichever byte has changed', async () => {
    // Every byte of the beginning and the end, and enough of those between.
    const places = bytes
      .map((_, place) => place)
      .filter((place) => place < 40 || place > bytes.length - 40 || place % 1_009 === 0);
    for (const place of places) {
      const path = await changed('altered.ordobak', (altered) => {
        altered[place] = (altered[place] ?? 0) ^ 0x10;
        return altered;
      });
      const refused = verifyBackup(path, () => {});
      await expect(refused, `byte ${place}`).rejects.toMatchObject({
        code: /^BACKUP_(DAMAGED|INCOMPLETE|UNREADABLE)$/,
      });
    }
  });

  it('wherever it was cut off', async () => {
    const path = await changed('cut.ordobak', (whole) => whole);
    for (let length = bytes.length - 1; length > 8; length -= 1 + Math.floor(length / 40)) {
      await truncate(path, length);
      await expect(
        verifyBackup(path, () => {}),
        `${length} bytes`,
      ).rejects.toMatchObject({ code: 'BACKUP_INCOMPLETE' });
    }
  });

  it('when something was added to it', async () => {
    const path = await changed('longer.ordobak', (whole) => Buffer.concat([whole, Buffer.from('x')]));
    await expect(verifyBackup(path, () => {})).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
  });

  it.each([
    ['an empty file', ''],
    ['another file', 'What is this?'],
  ])('and so is %s', async (_name, text) => {
    const path = await changed('none.ordobak', () => Buffer.from(text));
    await expect(verifyBackup(path, () => {})).rejects.toMatchObject({ code: 'BACKUP_UNREADABLE' });
  });
});

describe('Restoring', () => {
  it('refuses a directory that holds anything, and leaves it as it is', async () => {
    const directory = filled.path('taken');
    await mkdir(directory);
    await writeFile(join(directory, 'letter.txt'), 'Dear all');
    await expect(restore(backup, directory)).rejects.toMatchObject({ code: 'NOT_EMPTY', message: /letter\.txt/ });
    expect(await readdir(directory)).toEqual(['letter.txt']);
  });

  it('refuses the directory of a running service', async () => {
    const store = await LevelStore.open(original);
    await expect(restore(backup, original)).rejects.toMatchObject({ code: 'NOT_EMPTY', message: /holds a store/ });
    await store.close();
  });

  it('takes an empty directory, and the empty root of a volume', async () => {
    const directory = filled.path('volume');
    await mkdir(join(directory, 'lost+found'), { recursive: true });
    await restore(backup, directory);
    expect((await examined(directory)).found).toEqual([]);
  });

  it('of an altered backup writes nothing at all', async () => {
    const path = await changed('late.ordobak', (altered) => {
      altered[altered.length - 150] = (altered.at(-150) ?? 0) ^ 1;
      return altered;
    });
    await expect(restore(path, filled.path('nothing'))).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
    expect(await readdir(filled.path('.'))).not.toContain('nothing');
  });

  it.each(['verifying', 'writing', 'checking'])('that is stopped while %s leaves nothing behind', async (stopAt) => {
    const directory = filled.path(`stopped-${stopAt}`);
    await mkdir(directory);
    const stopped = restoreBackup(backup, directory, ({ part }) => {
      if (part === stopAt) throw new Error('Enough.');
    });
    await expect(stopped).rejects.toThrow('Enough.');
    expect(await readdir(directory)).toEqual([]);
  });

  it('that died half-way has left a directory that no service opens', async () => {
    const directory = filled.path('half');
    const rows = await rowsOf(original);
    await behind(directory, async (files) => {
      for (const [key, value] of rows.slice(0, 50)) await files.put(Buffer.from(key), Buffer.from(value, 'hex'));
    });
    expect(rows.slice(0, 50).map(([key]) => key)).not.toContain('!meta!format');
    await expect(LevelStore.open(directory)).rejects.toMatchObject({ code: 'STORE_FAILED' });
  });

  it('gives a service that answers as the one that was backed up, and goes on with it', async () => {
    const directory = filled.path('serving');
    await restore(backup, directory);
    const ask = async (data: string) => {
      const service = await TestService.start({ settings: { data } });
      const { client } = service;
      const answers = await Promise.all([
        client.ask('orders.list', { limit: 500 }),
        client.ask('orders.counts'),
        client.ask(`orders.history.${LIVES.returned}`),
        client.ask(`payments.get.${LIVES.declined}`),
        client.ask('stock.get.85123A'),
        client.ask('transactions.list', { limit: 500 }),
        client.ask('admin.timers'),
      ]);
      await client.ask(`transactions.resolve.${LIVES.inDoubt}=7E1`, {
        outcome: 'aborted',
        by: 'ann',
        reason: 'restored',
      });
      await client.order('note', LIVES.returned, { text: 'after' });
      await service.stop();
      return answers;
    };
    expect(await ask(directory)).toEqual(await ask(await filled.copy('not-backed-up')));
    expect((await examined(directory)).found).toEqual([]);
  });
});
