import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackActor } from '../../runtime/level/actor.ts';
import { unpackRecord } from '../../runtime/record.ts';
import { actorDefinitions } from '../../src/actors.ts';
import { openStopped } from '../../src/store/directory.ts';
import { type Rebuilt, rebuild } from '../../src/store/doctor/rebuild.ts';
import { refusalOf } from '../service/fixtures/raw-client.ts';
import { TestService } from '../service/fixtures/test-service.ts';
import { flipKey, flipValue, forge, keysOf, payloadOf, remove, rowsOf } from './fixtures/behind.ts';
import { FilledStore, LIVES } from './fixtures/filled-store.ts';
import { examined } from './fixtures/tools.ts';

let filled: FilledStore;
let sound: readonly (readonly [string, string])[];
let copies = 0;

beforeAll(async () => {
  filled = await FilledStore.make();
  sound = await rowsOf(await filled.copy('sound'));
});
afterAll(() => filled.remove());

/** A damaged copy of the store, and where a copy of what is replaced would go. */
async function damaged(damage: (data: string) => Promise<unknown>): Promise<{ data: string; kept: string }> {
  copies += 1;
  const data = await filled.copy(`damaged-${copies}`);
  await damage(data);
  return { data, kept: filled.path(`kept-${copies}.ndjson`) };
}

async function rebuilt({ data, kept }: { data: string; kept: string }): Promise<Rebuilt> {
  const files = await openStopped(data);
  try {
    return await rebuild(files, actorDefinitions(), kept, () => {});
  } finally {
    await files.close();
  }
}

const feedItem = (position: number) => `!feed!${String(position).padStart(16, '0')}`;

describe('Rebuilding gives exactly the rows that there were', () => {
  it.each<[name: string, damage: (data: string) => Promise<unknown>]>([
    ['where nothing is damaged', async () => {}],
    ['after the loss of every listing', async (data) => remove(data, ...(await keysOf(data, '!index!')))],
    ['after the loss of every wake-up', async (data) => remove(data, ...(await keysOf(data, '!open!')))],
    ['after the loss of every count', async (data) => remove(data, ...(await keysOf(data, '!counts!')))],
    ['after the loss of the mark', (data) => remove(data, '!meta!format')],
    ['with a damaged listing', async (data) => flipValue(data, (await keysOf(data, '!index!'))[3] ?? '')],
    ['with a damaged wake-up', async (data) => flipValue(data, (await keysOf(data, '!open!'))[1] ?? '')],
    ['with a damaged count', async (data) => flipValue(data, (await keysOf(data, '!counts!'))[2] ?? '')],
    ['with a damaged mark', (data) => flipValue(data, '!meta!format')],
    ['with a damaged feed item', (data) => flipValue(data, feedItem(7))],
    ['after the loss of a feed item', (data) => remove(data, feedItem(8))],
    [
      'with a listing that should not be there',
      (data) => forge(data, '!index!order!all!0000000000000007!order/SO-1', new Uint8Array()),
    ],
    ['with something that nobody has written', (data) => forge(data, 'what is this', Buffer.from('?'))],
    ['with one bit of a key of a record changed', (data) => flipKey(data, `!actors!order/${LIVES.returned}`, -1, 2)],
    ['with one bit of a key of an entry changed', (data) => flipKey(data, '!journal!order/SO-1!0000000000000003', -3)],
    ['with one bit of the prefix of a key changed', (data) => flipKey(data, '!journal!order/SO-1!0000000000000003', 2)],
    ['with one bit of a key of the feed changed', (data) => flipKey(data, feedItem(9), -16)],
  ])('%s', async (_name, damage) => {
    const store = await damaged(damage);
    const { left, report } = await rebuilt(store);
    expect(left).toEqual([]);
    expect(report.isSound).toBe(true);
    expect(await rowsOf(store.data)).toEqual(sound);
  });
});

describe('A record is made from its journal', () => {
  it.each<[name: string, damage: (data: string, key: string) => Promise<unknown>]>([
    ['that is damaged', (data, key) => flipValue(data, key)],
    ['that is missing', (data, key) => remove(data, key)],
  ])('%s, with the same state, context and timers', async (_name, damage) => {
    const untouched = await filled.copy(`untouched-${_name}`);
    for (const address of [
      'order/SO-1',
      'order/SO-5',
      'payment/SO-2',
      'stock/85123A',
      'shipment/SO-1',
      'transaction/SO-1=7E2',
      'transaction/SO-5=7E1',
    ]) {
      const key = `!actors!${address}`;
      const before = unpackActor(await payloadOf(untouched, key));
      const store = await damaged((data) => damage(data, key));
      const { left, mended } = await rebuilt(store);
      expect(left, address).toEqual([]);
      expect(mended.length, address).toBeGreaterThan(0);
      const after = unpackActor(await payloadOf(store.data, key));
      expect([after.revision, Buffer.from(after.head)], address).toEqual([before.revision, Buffer.from(before.head)]);
      const [was, is] = [before, after].map(({ record }) => unpackRecord(record ?? new Uint8Array()));
      const state = ({ value, context, timers, seq, at }: NonNullable<typeof was>) => ({
        value,
        context: { ...context, finished: [] },
        timers,
        seq,
        at,
      });
      expect(is && state(is), address).toEqual(was && state(was));
    }
  });

  it('with its requests answered long ago: none is done twice', async () => {
    const other = await FilledStore.make(async ({ client }) => {
      await client.order('note', LIVES.declined, { text: 'once' }, { 'Ordo-Request-Id': 'note-1' });
    });
    const data = await other.copy('requests');
    await remove(data, `!actors!order/${LIVES.declined}`);
    expect((await rebuilt({ data, kept: other.path('kept') })).left).toEqual([]);
    const service = await TestService.start({ settings: { data } });
    const again = await service.client.send(`orders.note.${LIVES.declined}`, '{"text":"once"}', {
      'Ordo-Request-Id': 'note-1',
    });
    expect(refusalOf(again).body.code).toBe('REQUEST_EXPIRED');
    const view = await service.client.ask<{ notes: unknown[] }>(`orders.get.${LIVES.declined}`);
    expect(view.notes).toHaveLength(1);
    await service.stop();
    await other.remove();
  });

  it('and a transaction that was in doubt goes on without its payment method: its order asks, and is told', async () => {
    const store = await damaged(async (data) => {
      await remove(data, `!actors!order/${LIVES.inDoubt}`, `!actors!transaction/${LIVES.inDoubt}=7E1`);
    });
    expect((await rebuilt(store)).left).toEqual([]);
    const service = await TestService.start({ settings: { data: store.data } });
    const { client } = service;
    expect(await client.order('get', LIVES.inDoubt)).toMatchObject({ state: { transaction: 'prepared' } });
    await client.ask(`transactions.resolve.${LIVES.inDoubt}=7E1`, { outcome: 'aborted', by: 'ann', reason: 'rebuilt' });
    await service.eventually(
      () => client.order('get', LIVES.inDoubt),
      ({ state }) => state.transaction === 'none',
    );
    expect(await client.order('get', LIVES.inDoubt)).toMatchObject({ payment: { captured: 0 } });
    await service.stop();
    expect((await examined(store.data)).found).toEqual([]);
  });
});

describe('Rebuilding', () => {
  it('says what it could not, and leaves that and all that is sound as it is', async () => {
    const store = await damaged(async (data) => {
      await flipValue(data, '!journal!order/SO-1!0000000000000003');
      await flipValue(data, '!actors!order/SO-1');
      await remove(data, '!counts!payment!state=3Aidle');
    });
    const before = new Map(await rowsOf(store.data));
    const { left, mended, report } = await rebuilt(store);
    expect(report.isSound).toBe(false);
    expect(mended.map(({ code }) => code)).toContain('COUNT_DIFFERS');
    expect(left.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Journal entry 3 of order\/SO-1 is damaged/),
        expect.stringMatching(/^The record of order\/SO-1 is damaged/),
      ]),
    );
    const changed = (await rowsOf(store.data)).filter(([key, value]) => before.get(key) !== value).map(([key]) => key);
    expect(changed).toEqual(['!counts!payment!state=3Aidle']);
  });

  it('leaves the listings of an order whose record is lost for good: it is still found by them', async () => {
    const store = await damaged((data) => remove(data, '!actors!order/SO-2', '!journal!order/SO-2!0000000000000002'));
    const before = await rowsOf(store.data);
    const { left, mended } = await rebuilt(store);
    expect(left.map(({ code }) => code)).toEqual(expect.arrayContaining(['RECORD_MISSING', 'ENTRY_MISSING']));
    expect(mended).toEqual([]);
    expect(await rowsOf(store.data)).toEqual(before);
  });

  it('keeps a copy of what it replaces and takes out', async () => {
    const store = await damaged(async (data) => {
      await flipValue(data, '!actors!order/SO-1');
      await forge(data, 'what is this', Buffer.from('?'));
    });
    const before = new Map(await rowsOf(store.data));
    const { copy } = await rebuilt(store);
    expect(copy).toBe(store.kept);
    const lines = (await readFile(store.kept, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    const kept = lines.map(({ key = '', value = '' }) => [
      Buffer.from(key, 'base64').toString('utf8'),
      Buffer.from(value, 'base64').toString('hex'),
    ]);
    expect(new Map(kept as [string, string][])).toEqual(
      new Map(['!actors!order/SO-1', 'what is this'].map((key) => [key, before.get(key)])),
    );
  });

  it('keeps none where it only puts back what was missing', async () => {
    const { copy, mended } = await rebuilt(await damaged((data) => remove(data, feedItem(4))));
    expect(copy).toBeNull();
    expect(mended.length).toBeGreaterThan(0);
  });
});
