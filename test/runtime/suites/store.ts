import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Address, addressOf, encodeAddress } from '../../../runtime/address.ts';
import type { Facets, ListItem, Store, Write } from '../../../runtime/ports.ts';
import { storeModelSuite } from './store-model.ts';

/** A store that a suite may use, close and open again. */
export interface OpenStore {
  readonly store: Store;
  /** Closes the store and opens what it left. */
  reopen(): Promise<Store>;
  /** Closes the store and removes all traces of it. */
  close(): Promise<void>;
}

const NOWHERE: Facets = { counts: [], listing: null, wakes: [] };

const bytes = (text: string): Uint8Array => Buffer.from(text);
export const text = (stored: Uint8Array | null | undefined): string | null | undefined =>
  stored === null || stored === undefined ? stored : Buffer.from(stored).toString();

/** A write whose bytes tell what they are; it takes `steps` steps. */
export function writeOf(
  address: Address,
  expectedRevision: number,
  changes: { facets?: Partial<Facets>; steps?: number; record?: Uint8Array | null; announcements?: number } = {},
): Write {
  const { facets, steps = 1, record, announcements = 0 } = changes;
  const revision = expectedRevision + steps;
  return {
    address,
    expectedRevision,
    record: record === undefined ? bytes(`record ${revision} of ${address}`) : record,
    head: bytes(`head ${revision}`),
    facets: { ...NOWHERE, ...facets },
    entries: Array.from({ length: steps }, (_, step) => {
      const seq = expectedRevision + step + 1;
      return { seq, bytes: bytes(`entry ${seq} of ${address}`), announcements };
    }),
  };
}

const first = addressOf('order', 'SO-1001');
const second = addressOf('order', 'SO-1002');
const third = addressOf('order', 'SO-1003');

/** Keys that would do harm if they stood in a store key, a path or a subject as they are. */
const STRANGE_KEYS = [
  'BANK CHARGES',
  'a=b',
  'SO-1001~1',
  'a/b/../c',
  '*.>',
  '!journal!x',
  '"',
  '\0',
  '=21',
  'Größe 5 ✂️',
  '~',
];

export function storeSuite(name: string, open: () => Promise<OpenStore>): void {
  describe(`${name}: the store`, () => {
    let opened: OpenStore;
    let store: Store;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });

    afterEach(async () => {
      await opened.close();
    });

    async function reopen(): Promise<void> {
      store = await opened.reopen();
    }

    describe('one actor', () => {
      it('knows nothing of an actor that was never written', async () => {
        expect(store.read(first)).toBeUndefined();
        expect(store.entry(first, 1)).toBeUndefined();
        expect(await store.history(first, 0, 10)).toEqual([]);
      });

      it('gives back revision, head and record as they were written, also after it was opened again', async () => {
        expect(await store.write([writeOf(first, 0)])).toEqual([{ revision: 1 }]);
        for (const pass of ['before', 'after']) {
          const actor = store.read(first);
          expect(actor?.revision, pass).toBe(1);
          expect(text(actor?.head)).toBe('head 1');
          expect(text(actor?.record)).toBe(`record 1 of ${first}`);
          await reopen();
        }
      });

      it('replaces the record and keeps every entry', async () => {
        await store.write([writeOf(first, 0)]);
        await store.write([writeOf(first, 1, { steps: 2 })]);
        await reopen();
        expect(store.read(first)?.revision).toBe(3);
        expect(text(store.read(first)?.record)).toBe(`record 3 of ${first}`);
        expect(text(store.entry(first, 1))).toBe(`entry 1 of ${first}`);
        expect(text(store.entry(first, 3))).toBe(`entry 3 of ${first}`);
        expect(store.entry(first, 4)).toBeUndefined();
      });

      it('keeps an empty record, an empty head and an empty entry apart from none', async () => {
        const nothing = new Uint8Array(0);
        const entries = [{ seq: 1, bytes: nothing, announcements: 0 }];
        await store.write([{ ...writeOf(first, 0), record: nothing, head: nothing, entries }]);
        expect(text(store.read(first)?.record)).toBe('');
        expect(text(store.read(first)?.head)).toBe('');
        expect(text(store.entry(first, 1))).toBe('');
      });

      it('does not notice what is done to bytes and facets after they were written or read', async () => {
        const write = writeOf(first, 0);
        const counts = ['state:paid'];
        await store.write([{ ...write, facets: { ...NOWHERE, counts } }]);
        write.record?.fill(0);
        write.head.fill(0);
        for (const entry of write.entries) entry.bytes.fill(0);
        counts.push('state:shipped');
        store.read(first)?.record?.fill(0);
        store.entry(first, 1)?.fill(0);
        for (const entry of await store.history(first, 0, 1)) entry.bytes.fill(0);
        expect(text(store.read(first)?.record)).toBe(`record 1 of ${first}`);
        expect(text(store.read(first)?.head)).toBe('head 1');
        expect(text(store.entry(first, 1))).toBe(`entry 1 of ${first}`);
        await store.write([writeOf(first, 1)]);
        expect(store.counts('order')).toEqual({});
      });

      it('takes any text as a key and confuses no two of them', async () => {
        const addresses = STRANGE_KEYS.map((key) => addressOf('stock', key));
        const facets = { counts: ['all'], listing: { at: 5, tags: ['strange'] }, wakes: [7] };
        await store.write(addresses.map((address) => writeOf(address, 0, { facets })));
        await reopen();
        for (const address of addresses) {
          expect(text(store.read(address)?.record)).toBe(`record 1 of ${address}`);
          expect((await store.history(address, 0, 9)).map((entry) => text(entry.bytes))).toEqual([
            `entry 1 of ${address}`,
          ]);
        }
        const sorted = addresses.toSorted((a, b) => (encodeAddress(a) < encodeAddress(b) ? -1 : 1));
        const listed = await store.list({ type: 'stock', tag: 'strange', limit: 99 });
        expect(listed.map((item) => item.address)).toEqual(sorted);
        expect((await store.waking({ from: 0, to: 9, limit: 99 })).map((item) => item.address)).toEqual(sorted);
        expect((await store.feed(0, 99)).map((item) => item.address)).toEqual(addresses);
      });
    });

    describe('history', () => {
      it('gives the entries above a sequence number, oldest first, at most as many as asked for', async () => {
        await store.write([writeOf(first, 0, { steps: 12 }), writeOf(addressOf('order', 'SO-100'), 0, { steps: 3 })]);
        const seqs = async (after: number, limit: number) =>
          (await store.history(first, after, limit)).map((entry) => entry.seq);
        expect(await seqs(0, 100)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        expect(await seqs(8, 3)).toEqual([9, 10, 11]);
        expect(await seqs(12, 3)).toEqual([]);
        expect(await seqs(0, 0)).toEqual([]);
        expect(await seqs(10, Infinity)).toEqual([11, 12]);
        expect(text((await store.history(first, 8, 1))[0]?.bytes)).toBe(`entry 9 of ${first}`);
      });

      it('is complete however long it is', async () => {
        await store.write([writeOf(first, 0, { steps: 2500 })]);
        const entries = await store.history(first, 0, Infinity);
        expect(entries.map((entry) => entry.seq)).toEqual(Array.from({ length: 2500 }, (_, seq) => seq + 1));
      });
    });

    describe('fencing', () => {
      it('refuses a write from another revision and stores nothing of it', async () => {
        await store.write([
          writeOf(first, 0, { facets: { counts: ['a'], listing: { at: 1, tags: ['a'] }, wakes: [1] } }),
        ]);
        const late = { counts: ['b'], listing: { at: 2, tags: ['b'] }, wakes: [2] };
        for (const revision of [0, 2]) {
          expect(await store.write([writeOf(first, revision, { facets: late, steps: 3 })])).toEqual(['FENCED']);
        }
        await reopen();
        expect(store.read(first)?.revision).toBe(1);
        expect(store.entry(first, 3)).toBeUndefined();
        expect(store.feedHead).toBe(1);
        expect(store.counts('order')).toEqual({ a: 1 });
        expect(await store.list({ type: 'order', tag: 'b', limit: 9 })).toEqual([]);
        expect(await store.nextWake(1)).toBeUndefined();
      });

      it('refuses one actor and writes the others, with the outcomes in the order of the writes', async () => {
        await store.write([writeOf(second, 0)]);
        const outcomes = await store.write([writeOf(first, 0, { steps: 2 }), writeOf(second, 0), writeOf(third, 0)]);
        expect(outcomes).toEqual([{ revision: 2 }, 'FENCED', { revision: 1 }]);
        expect(store.read(first)?.revision).toBe(2);
        expect(store.read(second)?.revision).toBe(1);
        expect(store.read(third)?.revision).toBe(1);
        expect((await store.feed(0, 9)).map((item) => item.address)).toEqual([second, first, first, third]);
      });

      it('refuses a first write of an actor that is there already, also after it was opened again', async () => {
        await store.write([writeOf(first, 0)]);
        await reopen();
        expect(await store.write([writeOf(first, 0)])).toEqual(['FENCED']);
        expect(await store.write([writeOf(first, 1)])).toEqual([{ revision: 2 }]);
      });

      it('writes nothing when there is nothing to write', async () => {
        expect(await store.write([])).toEqual([]);
        expect(store.feedHead).toBe(0);
      });
    });

    describe('a mistake of the caller', () => {
      const mistakes: [string, Write[]][] = [
        ['no entry', [writeOf(first, 0, { steps: 0 })]],
        ['entries that do not follow the revision', [{ ...writeOf(first, 0), entries: writeOf(first, 1).entries }]],
        ['the same address twice', [writeOf(first, 0), writeOf(first, 1)]],
        ['a moment before 1970', [writeOf(first, 0, { facets: { wakes: [-1] } })]],
        ['half a millisecond', [writeOf(first, 0, { facets: { listing: { at: 0.5, tags: ['a'] } } })]],
        ['a nameless count', [writeOf(first, 0, { facets: { counts: [''] } })]],
        ['an address without a key', [writeOf(addressOf('order', ''), 0)]],
        ['a type that is no token', [writeOf(addressOf('or!der', 'a'), 0)]],
      ];

      it.each(mistakes)('is thrown before anything is written: %s', async (_, writes) => {
        await expect(store.write([writeOf(second, 0), ...writes])).rejects.toThrow();
        expect(store.read(second)).toBeUndefined();
        expect(store.feedHead).toBe(0);
        expect(store.counts('order')).toEqual({});
        expect(await store.write([writeOf(second, 0)])).toEqual([{ revision: 1 }]);
      });

      it('is thrown for a limit, a moment or a position that is not a whole number', async () => {
        await expect(store.list({ type: 'order', tag: 'a', limit: -1 })).rejects.toThrow(TypeError);
        await expect(store.waking({ from: -1, to: 1, limit: 1 })).rejects.toThrow(TypeError);
        await expect(store.feed(0.5, 1)).rejects.toThrow(TypeError);
        await expect(store.saveCursor('publisher', Number.NaN)).rejects.toThrow(TypeError);
      });
    });

    describe('a forgotten actor', () => {
      const facets = { counts: ['state:done'], listing: { at: 10, tags: ['status:done'] }, wakes: [0, 99] };

      it('leaves listing, counts and wakes, whatever its facets say, and keeps revision, head and entries', async () => {
        await store.write([writeOf(first, 0, { facets })]);
        await store.write([writeOf(first, 1, { record: null, facets })]);
        for (const pass of ['before', 'after']) {
          const actor = store.read(first);
          expect(actor?.record, pass).toBeNull();
          expect(actor?.revision).toBe(2);
          expect(text(actor?.head)).toBe('head 2');
          expect(await store.history(first, 0, 9)).toHaveLength(2);
          expect(store.counts('order')).toEqual({});
          expect(await store.list({ type: 'order', tag: 'status:done', limit: 9 })).toEqual([]);
          expect(await store.waking({ from: 0, to: 100, limit: 9 })).toEqual([]);
          await reopen();
        }
      });

      it('may come back and goes on from its revision', async () => {
        await store.write([writeOf(first, 0, { facets })]);
        await store.write([writeOf(first, 1, { record: null })]);
        await reopen();
        expect(await store.write([writeOf(first, 0, { facets })])).toEqual(['FENCED']);
        expect(await store.write([writeOf(first, 2, { facets })])).toEqual([{ revision: 3 }]);
        expect(store.counts('order')).toEqual({ 'state:done': 1 });
        expect(await store.list({ type: 'order', tag: 'status:done', limit: 9 })).toEqual([{ at: 10, address: first }]);
        expect((await store.history(first, 0, 9)).map((entry) => entry.seq)).toEqual([1, 2, 3]);
      });
    });

    describe('counts', () => {
      it('holds how many actors of a type count under each name and leaves out what nobody counts under', async () => {
        const paid = { counts: ['state:paid', 'state:open'] };
        await store.write([
          writeOf(first, 0, { facets: paid }),
          writeOf(second, 0, { facets: paid }),
          writeOf(addressOf('payment', 'SO-1001'), 0, { facets: { counts: ['state:paid'] } }),
        ]);
        await store.write([writeOf(first, 1, { facets: { counts: ['state:open', 'state:shipped', 'state:open'] } })]);
        const expected = { 'state:paid': 1, 'state:open': 2, 'state:shipped': 1 };
        expect(store.counts('order')).toEqual(expected);
        await reopen();
        expect(store.counts('order')).toEqual(expected);
        expect(store.counts('payment')).toEqual({ 'state:paid': 1 });
        expect(store.counts('stock')).toEqual({});
        await store.write([writeOf(second, 1)]);
        expect(store.counts('order')).toEqual({ 'state:open': 1, 'state:shipped': 1 });
        await reopen();
        expect(store.counts('order')).toEqual({ 'state:open': 1, 'state:shipped': 1 });
      });

      it('takes any name, even those that objects are born with', async () => {
        const counts = ['__proto__', 'constructor', 'a!b "c" =21 ✂️'];
        await store.write([writeOf(first, 0, { facets: { counts } })]);
        await reopen();
        expect(Object.entries(store.counts('order')).toSorted()).toEqual(counts.toSorted().map((name) => [name, 1]));
      });
    });

    describe('list', () => {
      const listed = (at: number, ...tags: string[]) => ({ facets: { listing: { at, tags } } });
      const keys = (items: readonly ListItem[]) => items.map(({ at, address }) => `${at} ${address}`);

      it('gives the actors of one type under one tag by moment, then address', async () => {
        await store.write([
          writeOf(third, 0, listed(5, 'status:paid')),
          writeOf(second, 0, listed(1_700_000_000_000, 'status:paid', 'customer:7')),
          writeOf(first, 0, listed(5, 'status:paid', 'status:paid')),
          writeOf(addressOf('payment', 'SO-1'), 0, listed(5, 'status:paid')),
          writeOf(addressOf('order', 'SO-2'), 0, listed(5, 'status:pai', 'status')),
        ]);
        await reopen();
        const paid = await store.list({ type: 'order', tag: 'status:paid', limit: 9 });
        expect(keys(paid)).toEqual([`5 ${first}`, `5 ${third}`, `1700000000000 ${second}`]);
        expect(keys(await store.list({ type: 'order', tag: 'customer:7', limit: 9 }))).toHaveLength(1);
        expect(await store.list({ type: 'stock', tag: 'status:paid', limit: 9 })).toEqual([]);
      });

      it('follows an actor to other tags and other moments', async () => {
        await store.write([writeOf(first, 0, listed(5, 'a', 'b'))]);
        await store.write([writeOf(first, 1, listed(5, 'b', 'c'))]);
        expect(await store.list({ type: 'order', tag: 'a', limit: 9 })).toEqual([]);
        expect(keys(await store.list({ type: 'order', tag: 'b', limit: 9 }))).toEqual([`5 ${first}`]);
        await store.write([writeOf(first, 2, listed(6, 'b', 'c'))]);
        expect(keys(await store.list({ type: 'order', tag: 'b', limit: 9 }))).toEqual([`6 ${first}`]);
        expect(keys(await store.list({ type: 'order', tag: 'c', limit: 9 }))).toEqual([`6 ${first}`]);
        await store.write([writeOf(first, 3)]);
        expect(await store.list({ type: 'order', tag: 'c', limit: 9 })).toEqual([]);
      });

      it('keeps to a span of time, both ends included', async () => {
        const items = [9, 10, 11, 100].map((at) => writeOf(addressOf('order', `SO-${at}`), 0, listed(at, 'a')));
        await store.write(items);
        const moments = async (span: { from?: number; to?: number }) =>
          (await store.list({ type: 'order', tag: 'a', limit: 9, ...span })).map((item) => item.at);
        expect(await moments({ from: 10 })).toEqual([10, 11, 100]);
        expect(await moments({ to: 11 })).toEqual([9, 10, 11]);
        expect(await moments({ from: 10, to: 11 })).toEqual([10, 11]);
        expect(await moments({ from: 12, to: 11 })).toEqual([]);
      });

      it('gives pages that follow one another, also when the place they go on from is gone', async () => {
        const addresses = Array.from({ length: 7 }, (_, number) => addressOf('order', `SO-${number}`));
        await store.write(addresses.map((address, number) => writeOf(address, 0, listed(number >> 1, 'a'))));
        const all = await store.list({ type: 'order', tag: 'a', limit: 99 });
        const paged: ListItem[] = [];
        for (;;) {
          const after = paged.at(-1);
          const page = await store.list({ type: 'order', tag: 'a', limit: 2, from: 0, ...(after && { after }) });
          if (page.length === 0) break;
          expect(page.length).toBeLessThanOrEqual(2);
          paged.push(...page);
        }
        expect(paged).toEqual(all);
        expect(all).toHaveLength(7);
        const gone = { at: 1, address: addressOf('order', 'SO-2') };
        await store.write([writeOf(gone.address, 1)]);
        expect(keys(await store.list({ type: 'order', tag: 'a', limit: 1, after: gone }))).toEqual(['1 order/SO-3']);
        expect(keys(await store.list({ type: 'order', tag: 'a', limit: 1, after: gone, from: 3 }))).toEqual([
          '3 order/SO-6',
        ]);
        expect(await store.list({ type: 'order', tag: 'a', limit: 0 })).toEqual([]);
      });
    });

    describe('waking', () => {
      const wakes = (...moments: number[]) => ({ facets: { wakes: moments } });

      it('gives who wants to wake in a span of time, earliest first, each address once', async () => {
        await store.write([
          writeOf(first, 0, wakes(50, 20, 20)),
          writeOf(second, 0, wakes(0)),
          writeOf(third, 0, wakes(20, 21)),
          writeOf(addressOf('transaction', 'SO-1~1'), 0, wakes(1_700_000_000_000)),
        ]);
        await reopen();
        const due = await store.waking({ from: 0, to: 50, limit: 9 });
        expect(due.map((item) => `${item.at} ${item.address}`)).toEqual([`0 ${second}`, `20 ${first}`, `20 ${third}`]);
        expect(await store.waking({ from: 21, to: 50, limit: 9 })).toEqual([
          { at: 21, address: third },
          { at: 50, address: first },
        ]);
        expect(await store.waking({ from: 22, to: 49, limit: 9 })).toEqual([]);
        expect(await store.waking({ from: 50, to: 50, limit: 9 })).toEqual([{ at: 50, address: first }]);
      });

      it('gives each address once over all pages', async () => {
        await store.write([
          writeOf(first, 0, wakes(1, 4)),
          writeOf(second, 0, wakes(2, 3)),
          writeOf(third, 0, wakes(5)),
        ]);
        const paged: ListItem[] = [];
        for (;;) {
          const after = paged.at(-1);
          const page = await store.waking({ from: 1, to: 9, limit: 1, ...(after && { after }) });
          if (page.length === 0) break;
          paged.push(...page);
        }
        expect(paged.map((item) => `${item.at} ${item.address}`)).toEqual([`1 ${first}`, `2 ${second}`, `5 ${third}`]);
        expect(await store.waking({ from: 1, to: 9, limit: 0 })).toEqual([]);
      });

      it('follows an actor whose wakes change', async () => {
        await store.write([writeOf(first, 0, wakes(10, 20, 30))]);
        await store.write([writeOf(first, 1, wakes(30, 5))]);
        expect(await store.waking({ from: 6, to: 99, limit: 9 })).toEqual([{ at: 30, address: first }]);
        expect(await store.waking({ from: 0, to: 99, limit: 9 })).toEqual([{ at: 5, address: first }]);
        await store.write([writeOf(first, 2, wakes(30))]);
        expect(await store.waking({ from: 0, to: 99, limit: 9 })).toEqual([{ at: 30, address: first }]);
        await store.write([writeOf(first, 3)]);
        expect(await store.waking({ from: 0, to: 99, limit: 9 })).toEqual([]);
      });

      it('knows the earliest moment above another', async () => {
        expect(await store.nextWake(0)).toBeUndefined();
        await store.write([writeOf(first, 0, wakes(0, 9, 100)), writeOf(second, 0, wakes(10))]);
        expect(await store.nextWake(0)).toBe(9);
        expect(await store.nextWake(9)).toBe(10);
        expect(await store.nextWake(10)).toBe(100);
        expect(await store.nextWake(100)).toBeUndefined();
        expect(await store.nextWake(Number.MAX_SAFE_INTEGER)).toBeUndefined();
      });
    });

    describe('the feed', () => {
      it('holds every entry of every actor once, in the order in which they were taken', async () => {
        expect(store.feedHead).toBe(0);
        expect(await store.feed(0, 9)).toEqual([]);
        await store.write([writeOf(second, 0, { steps: 2, announcements: 3 }), writeOf(first, 0)]);
        await reopen();
        expect(store.feedHead).toBe(3);
        await store.write([writeOf(second, 2)]);
        expect(store.feedHead).toBe(4);
        const feed = [
          { position: 1, address: second, seq: 1, announcements: 3 },
          { position: 2, address: second, seq: 2, announcements: 3 },
          { position: 3, address: first, seq: 1, announcements: 0 },
          { position: 4, address: second, seq: 3, announcements: 0 },
        ];
        expect(await store.feed(0, 9)).toEqual(feed);
        expect(await store.feed(1, 2)).toEqual(feed.slice(1, 3));
        expect(await store.feed(4, 2)).toEqual([]);
        expect(await store.feed(0, 0)).toEqual([]);
      });

      it('remembers the place of each reader', async () => {
        expect(store.cursor('publisher')).toBe(0);
        await store.saveCursor('publisher', 17);
        await store.saveCursor('a reader/with=odd!name', 3);
        expect(store.cursor('publisher')).toBe(17);
        await store.saveCursor('publisher', 16);
        await reopen();
        expect(store.cursor('publisher')).toBe(16);
        expect(store.cursor('a reader/with=odd!name')).toBe(3);
        expect(store.cursor('a reader')).toBe(0);
      });
    });

    describe('everybody', () => {
      it('is told page by page in the order of encoded addresses, forgotten ones too', async () => {
        const strange = STRANGE_KEYS.map((key) => addressOf('order', key));
        const all = [third, addressOf('stock', 'A'), first, ...strange, second, addressOf('a-type', 'z')];
        for (const address of all) await store.write([writeOf(address, 0)]);
        await store.write([writeOf(second, 1, { record: null })]);
        await reopen();
        const sorted = all.toSorted((a, b) => (encodeAddress(a) < encodeAddress(b) ? -1 : 1));
        expect(await store.addresses(undefined, Number.POSITIVE_INFINITY)).toEqual(sorted);
        const paged: Address[] = [];
        for (;;) {
          const page = await store.addresses(paged.at(-1), 3);
          if (page.length === 0) break;
          expect(page.length).toBeLessThanOrEqual(3);
          paged.push(...page);
        }
        expect(paged).toEqual(sorted);
        expect(await store.addresses(undefined, 0)).toEqual([]);
        expect(await store.addresses(addressOf('order', 'SO-1001~2'), 1)).toEqual([second]);
      });
    });

    describe('a note', () => {
      it('stays until another takes its place', async () => {
        expect(store.note('machines')).toBeUndefined();
        await store.saveNote('machines', bytes('one'));
        await store.saveNote('a note/with=odd!name', bytes('two'));
        await store.saveNote('machines', bytes('three'));
        await reopen();
        expect(text(store.note('machines'))).toBe('three');
        expect(text(store.note('a note/with=odd!name'))).toBe('two');
        expect(store.note('a note')).toBeUndefined();
        expect(store.cursor('machines')).toBe(0);
      });
    });
  });

  storeModelSuite(name, open);
}
