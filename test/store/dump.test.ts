import { readdir, readFile, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Address } from '../../runtime/address.ts';
import { CHAIN_START, chain, hashOf, type JournalEntry } from '../../runtime/journal.ts';
import { type ActorRecord, packRecord } from '../../runtime/record.ts';
import {
  type ActorLine,
  actorLine,
  actorOf,
  type EntryLine,
  entryItems,
  entryLine,
} from '../../src/store/dump/lines.ts';
import { TestService } from '../service/fixtures/test-service.ts';
import { flipValue, forge, payloadOf, remove, rowsOf } from './fixtures/behind.ts';
import { FilledStore, LIVES } from './fixtures/filled-store.ts';
import { dumpFile, examined, loadFile } from './fixtures/tools.ts';

let filled: FilledStore;
let original: string;
let dump: string;
let text: string;

beforeAll(async () => {
  filled = await FilledStore.make();
  original = await filled.copy('dumped');
  dump = filled.path('whole.ndjson');
  await dumpFile(original, dump);
  text = await readFile(dump, 'utf8');
});
afterAll(() => filled.remove());

const linesOf = (dumped: string) =>
  dumped
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('A dump', () => {
  it('is one line of JSON for each actor, entry and reader, between a header and a trailer', () => {
    const lines = linesOf(text);
    expect(lines[0]).toEqual({ kind: 'header', ordo: 'dump', format: 1, store: 1 });
    const count = (kind: string) => lines.filter((line) => line.kind === kind).length;
    const [actors, entries, cursors, notes] = [count('actor'), count('entry'), count('cursor'), count('note')];
    expect(lines.at(-1)).toMatchObject({ kind: 'trailer', actors, entries, cursors, notes });
    expect(lines).toHaveLength(actors + entries + cursors + notes + 2);
    expect(lines.filter(({ kind }) => kind === 'entry').map(({ position }) => position)).toEqual(
      Array.from({ length: entries }, (_, index) => index + 1),
    );
  });

  it('can be read: contexts, events and answers are JSON, times are ISO 8601, and no record or entry is in base64', () => {
    const lines = linesOf(text);
    expect(lines.find(({ address }) => address === `order/${LIVES.unpaid}`)).toMatchObject({
      kind: 'actor',
      record: {
        machine: 'order',
        value: { payment: 'unpaid' },
        context: { customer: 'C-17', metadata: { channel: 'web', '7': [null, 0.5, 'ü€😀'] } },
        at: expect.stringMatching(/^2010-12-01T08:/),
      },
    });
    expect(lines.find(({ address }) => address === 'stock/CAKE STAND')).toMatchObject({ kind: 'actor' });
    expect(lines.filter((line) => 'bytes' in line && line.kind !== 'note')).toEqual([]);
  });

  it('loads into a store that is sound, holds the same rows and gives the same dump again', async () => {
    const loaded = filled.path('loaded');
    await loadFile(dump, loaded);
    expect((await examined(loaded)).found).toEqual([]);
    expect(await rowsOf(loaded)).toEqual(await rowsOf(original));
    await dumpFile(loaded, filled.path('again.ndjson'));
    expect(await readFile(filled.path('again.ndjson'), 'utf8')).toBe(text);
  });

  it('loads into a store that a service goes on with', async () => {
    const data = filled.path('served');
    await loadFile(dump, data);
    const service = await TestService.start({ settings: { data } });
    expect(await service.client.order('get', LIVES.declined)).toMatchObject({ status: 'paid' });
    // Its clock begins anew, and no actor's own time goes back.
    await service.clock.pass(60_000);
    expect(await service.client.order('ship', LIVES.declined)).toMatchObject({ status: 'shipped' });
    await service.stop();
    expect((await examined(data)).found).toEqual([]);
  });

  it('takes along what the node has noted for itself', async () => {
    const data = await filled.copy('noted');
    await forge(data, '!meta!note!build', Buffer.from([1, 2, 255]));
    expect((await examined(data)).found).toEqual([]);
    await dumpFile(data, filled.path('noted.ndjson'));
    await loadFile(filled.path('noted.ndjson'), filled.path('noted-loaded'));
    expect(await rowsOf(filled.path('noted-loaded'))).toEqual(await rowsOf(data));
  });

  it.each([
    ['a damaged record', (data: string) => flipValue(data, '!actors!order/SO-1'), /record of order\/SO-1/],
    ['a missing feed item', (data: string) => remove(data, '!feed!0000000000000003'), /places in the feed/],
    [
      'a damaged entry',
      (data: string) => flipValue(data, '!journal!order/SO-1!0000000000000002'),
      /entry 2 of order\/SO-1/,
    ],
  ])('is refused where there is %s', async (name, damage, message) => {
    const data = await filled.copy(name);
    await damage(data);
    await expect(dumpFile(data, filled.path('never'))).rejects.toMatchObject({ code: 'STORE_CORRUPT', message });
  });

  it('keeps the bytes of a record that would not be packed to the same again', async () => {
    const data = await filled.copy('odd');
    const key = '!actors!stock/85123A';
    const payload = await payloadOf(data, key);
    // The same number, written longer than need be: as another version may have done.
    const at = payload.indexOf(Buffer.from('received')) > 0 ? payload.length : 0;
    expect(at).toBeGreaterThan(0);
    await forge(data, key, payload);
    await dumpFile(data, filled.path('odd.ndjson'));
    await loadFile(filled.path('odd.ndjson'), filled.path('odd-loaded'));
    expect(await rowsOf(filled.path('odd-loaded'))).toEqual(await rowsOf(data));
  });
});

describe('A dump that was altered is refused by name:', () => {
  const alter = async (name: string, change: (lines: string[]) => string[]) => {
    const path = filled.path(name.replaceAll(' ', '-'));
    await writeFile(path, `${change(text.trimEnd().split('\n')).join('\n')}\n`);
    return path;
  };

  it.each<[name: string, code: string, change: (lines: string[]) => string[]]>([
    ['a line that is gone', 'DUMP_DAMAGED', (lines) => lines.filter((_, at) => at !== 5)],
    ['two lines that have changed places', 'DUMP_DAMAGED', ([a = '', b = '', c = '', ...rest]) => [a, c, b, ...rest]],
    ['a quantity', 'DUMP_DAMAGED', (lines) => lines.map((line) => line.replace('"quantity":6', '"quantity":7'))],
    ['half a line', 'DUMP_DAMAGED', (lines) => lines.map((line, at) => (at === 9 ? line.slice(0, 30) : line))],
    [
      'a line of another kind',
      'DUMP_DAMAGED',
      (lines) => lines.map((line, at) => (at === 9 ? '{"kind":"other"}' : line)),
    ],
    ['a line after its trailer', 'DUMP_DAMAGED', (lines) => [...lines, '{}']],
    ['no trailer', 'DUMP_INCOMPLETE', (lines) => lines.slice(0, -1)],
    ['no header', 'DUMP_UNREADABLE', (lines) => lines.slice(1)],
    [
      'a newer format',
      'DUMP_UNREADABLE',
      ([header = '', ...rest]) => [header.replace('"format":1', '"format":2'), ...rest],
    ],
    ['another file', 'DUMP_UNREADABLE', () => ['order,sku,quantity']],
    ['nothing', 'DUMP_INCOMPLETE', () => []],
  ])('%s', async (name, code, change) => {
    const directory = filled.path(`refused ${name}`);
    await expect(loadFile(await alter(name, change), directory)).rejects.toMatchObject({
      code: name === 'nothing' ? expect.stringMatching(/^DUMP_/) : code,
    });
    expect(await readdir(directory)).toEqual([]);
  });

  it('and a directory that holds something is left as it is', async () => {
    await expect(loadFile(dump, original)).rejects.toMatchObject({ code: 'NOT_EMPTY' });
  });
});

describe('Whatever a record or an entry holds', () => {
  const json = fc.dictionary(fc.string(), fc.jsonValue());
  const at = fc.integer({ min: 0, max: 4e12 });
  const bytes = fc.uint8Array({ maxLength: 40 });
  const event = fc.record({ type: fc.string() }).chain((typed) => json.map((rest) => ({ ...rest, ...typed })));

  it('comes back from its line as it was, byte for byte', () => {
    const record: fc.Arbitrary<ActorRecord> = fc.record({
      machine: fc.string(),
      version: fc.nat(),
      seq: fc.nat(),
      at,
      value: fc.oneof(fc.string(), fc.dictionary(fc.string(), fc.string())),
      context: json,
      timers: fc.array(fc.record({ id: fc.string(), dueAt: at, event })),
      asks: fc.array(fc.record({ id: fc.string(), seq: fc.nat(), to: fc.string(), event })),
      waiting: fc.array(fc.record({ seq: fc.nat() })),
      requests: fc.array(fc.record({ id: fc.string(), hash: fc.string(), seq: fc.nat() })),
      expired: bytes,
    });
    fc.assert(
      fc.property(record, (any) => {
        const packed = packRecord(any);
        const facets = { counts: ['a'], listing: null, wakes: [0] };
        const line = actorLine('order/1' as Address, { revision: any.seq, head: CHAIN_START, record: packed, facets });
        const { record: again } = actorOf(JSON.parse(line) as ActorLine);
        expect(again).not.toBeNull();
        expect(Buffer.compare(again ?? new Uint8Array(), packed)).toBe(0);
      }),
    );
  });

  it('is the same entry again, with the same hash', () => {
    const entry: fc.Arbitrary<JournalEntry> = fc.record(
      {
        seq: fc.nat(),
        at,
        event,
        cause: fc.string(),
        by: fc.string(),
        from: fc.option(fc.string(), { nil: null }),
        to: fc.string(),
        answer: fc.record({
          error: fc.boolean(),
          bytes: fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
        }),
        announcements: fc.array(event),
        record: bytes,
      },
      { requiredKeys: ['seq', 'at', 'event', 'cause', 'from', 'to', 'announcements'] },
    );
    fc.assert(
      fc.property(entry, (any) => {
        const packed = chain(CHAIN_START, any);
        const items = entryItems(JSON.parse(entryLine(7, 'order/1' as Address, packed.bytes)) as EntryLine);
        const [again, place] = items;
        expect(again?.part === 'journal' && hashOf(again.bytes)).toEqual(packed.head);
        expect(place).toMatchObject({
          part: 'feed',
          position: 7,
          seq: any.seq,
          announcements: any.announcements.length,
        });
      }),
    );
  });
});
