import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Address, addressOf, encodeAddress, typeOf } from '../../../runtime/address.ts';
import type { Facets, FeedItem, ListItem, Store, Write, WriteOutcome } from '../../../runtime/ports.ts';
import type { OpenStore } from './store.ts';

interface ModelActor {
  revision: number;
  record: string | null;
  facets: Facets;
  entries: string[];
}

const NOWHERE: Facets = { counts: [], listing: null, wakes: [] };
const ADDRESSES = ['a', 'b', 'a b', 'ü'].flatMap((key) => [addressOf('order', key), addressOf('stock', key)]);
const TAGS = ['a', 'a:b', 'b'];
const MOMENTS = 6;

const anyFacets: fc.Arbitrary<Facets> = fc.record({
  counts: fc.array(fc.constantFrom('a', 'a:b', 'b'), { maxLength: 3 }),
  listing: fc.option(fc.record({ at: fc.nat(MOMENTS), tags: fc.array(fc.constantFrom(...TAGS), { maxLength: 3 }) })),
  wakes: fc.array(fc.nat(MOMENTS), { maxLength: 3 }),
});

const anyStep = fc.record({
  address: fc.constantFrom(...ADDRESSES),
  /** Writes from a revision that is off by this much. */
  behind: fc.constantFrom(0, 0, 0, 0, 0, 1, -1),
  steps: fc.integer({ min: 1, max: 3 }),
  forget: fc.constantFrom(false, false, false, true),
  facets: anyFacets,
});
type Step = typeof anyStep extends fc.Arbitrary<infer Value> ? Value : never;

const anyAction = fc.oneof(
  { weight: 8, arbitrary: fc.uniqueArray(anyStep, { selector: (step) => step.address, minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constant('reopen' as const) },
);

/** What a store must hold, said as plainly as possible. */
class Model {
  readonly actors = new Map<Address, ModelActor>();
  readonly feed: FeedItem[] = [];

  /** Turns a random step into a write that fits the actor, or deliberately does not. */
  writeOf({ address, behind, steps, forget, facets }: Step, round: number): Write {
    const expectedRevision = Math.max(0, (this.actors.get(address)?.revision ?? 0) - behind);
    return {
      address,
      expectedRevision,
      record: forget ? null : Buffer.from(`record ${round}`),
      head: Buffer.from(`head ${round}`),
      facets,
      entries: Array.from({ length: steps }, (_, step) => {
        const seq = expectedRevision + step + 1;
        return { seq, bytes: Buffer.from(`entry ${round} ${seq}`), announcements: step };
      }),
    };
  }

  take({ address, expectedRevision, record, facets, entries }: Write): WriteOutcome {
    const actor = this.actors.get(address) ?? { revision: 0, record: null, facets: NOWHERE, entries: [] };
    if (actor.revision !== expectedRevision) return 'FENCED';
    this.actors.set(address, actor);
    actor.revision += entries.length;
    actor.record = record === null ? null : Buffer.from(record).toString();
    actor.facets = record === null ? NOWHERE : facets;
    for (const { seq, bytes, announcements } of entries) {
      actor.entries.push(Buffer.from(bytes).toString());
      this.feed.push({ position: this.feed.length + 1, address, seq, announcements });
    }
    return { revision: actor.revision };
  }

  counts(type: string): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const [address, { facets }] of this.actors) {
      if (typeOf(address) !== type) continue;
      for (const name of new Set(facets.counts)) counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  list(type: string, tag: string): ListItem[] {
    const items: ListItem[] = [];
    for (const [address, { facets }] of this.actors) {
      if (typeOf(address) !== type || !facets.listing?.tags.includes(tag)) continue;
      items.push({ at: facets.listing.at, address });
    }
    return items.sort(byPlace);
  }

  waking(from: number, to: number): ListItem[] {
    const items: ListItem[] = [];
    for (const [address, { facets }] of this.actors) {
      const at = Math.min(...facets.wakes.filter((wake) => from <= wake && wake <= to));
      if (at !== Infinity) items.push({ at, address });
    }
    return items.sort(byPlace);
  }
}

function byPlace(a: ListItem, b: ListItem): number {
  return a.at - b.at || (encodeAddress(a.address) < encodeAddress(b.address) ? -1 : 1);
}

/** Gathers all pages of a query. */
async function paged(page: (after: { after?: ListItem }) => Promise<readonly ListItem[]>): Promise<ListItem[]> {
  const items: ListItem[] = [];
  for (;;) {
    const after = items.at(-1);
    const more = await page(after === undefined ? {} : { after });
    if (more.length === 0) return items;
    items.push(...more);
  }
}

async function expectSame(store: Store, model: Model): Promise<void> {
  for (const address of ADDRESSES) {
    const expected = model.actors.get(address);
    const actor = store.read(address);
    expect(actor?.revision).toBe(expected?.revision);
    expect(actor?.record ? Buffer.from(actor.record).toString() : null).toBe(expected?.record ?? null);
    const history = await store.history(address, 0, Infinity);
    expect(history.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(expected?.entries ?? []);
  }
  expect(store.feedHead).toBe(model.feed.length);
  expect(await store.feed(0, Infinity)).toEqual(model.feed);
  for (const type of ['order', 'stock']) {
    expect(store.counts(type)).toEqual(model.counts(type));
    for (const tag of TAGS) {
      const pages = await paged((after) => store.list({ type, tag, limit: 2, ...after }));
      expect(pages).toEqual(model.list(type, tag));
    }
  }
  for (const [from, to] of [
    [0, MOMENTS],
    [2, 4],
  ] as const) {
    expect(await paged((after) => store.waking({ from, to, limit: 2, ...after }))).toEqual(model.waking(from, to));
  }
  expect(await store.nextWake(2)).toBe(model.waking(3, MOMENTS)[0]?.at);
}

/** Random sequences of writes, told apart from a naive model by everything that can be asked. */
export function storeModelSuite(name: string, open: () => Promise<OpenStore>): void {
  describe(`${name}: the store as a model`, () => {
    it('holds after any sequence of writes what a naive model of it holds', { timeout: 60_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyAction, { minLength: 1, maxLength: 12 }), async (actions) => {
          const opened = await open();
          let store = opened.store;
          const model = new Model();
          try {
            for (const [round, action] of actions.entries()) {
              if (action === 'reopen') {
                store = await opened.reopen();
                continue;
              }
              const writes = action.map((step) => model.writeOf(step, round));
              const outcomes = await store.write(writes);
              expect(outcomes).toEqual(writes.map((write) => model.take(write)));
            }
            await expectSame(store, model);
            store = await opened.reopen();
            await expectSame(store, model);
          } finally {
            await opened.close();
          }
        }),
        { numRuns: 60 },
      );
    });
  });
}
