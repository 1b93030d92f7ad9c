import { describe, expect, it } from 'vitest';
import { type Address, addressOf } from '../../../runtime/address.ts';
import { CHAIN_START, chain } from '../../../runtime/journal.ts';
import { MemoryStore } from '../../../runtime/memory/store.ts';
import type { Store, Write } from '../../../runtime/ports.ts';
import { type ActorRecord, packRecord } from '../../../runtime/record.ts';
import { job, TestNode } from '../fixtures/node.ts';
import { StoreProxy } from '../fixtures/store-proxy.ts';
import { closeStores, STORES } from '../fixtures/stores.ts';

closeStores();

const AT = Date.parse('2010-12-01T08:00:00.000Z');

/** An actor that is at rest, as a run of this very build would have left it. */
function atRest(address: Address): Write {
  const record: ActorRecord = {
    machine: 'job',
    version: 1,
    seq: 1,
    at: AT,
    value: 'idle',
    context: { owner: 'Ann', total: 0, reminders: [], answers: [] },
    timers: [],
    asks: [],
    waiting: [],
    requests: [],
    expired: new Uint8Array(0),
  };
  const entry = { seq: 1, at: AT, event: { type: 'create' }, cause: 'x', from: null, to: 'idle', announcements: [] };
  const { bytes, head } = chain(CHAIN_START, entry);
  return {
    address,
    expectedRevision: 0,
    record: packRecord(record),
    head,
    facets: { counts: ['state:idle'], listing: { at: AT, tags: ['all'] }, wakes: [] },
    entries: [{ seq: 1, bytes, announcements: 0 }],
  };
}

async function fill(store: Store, count: number): Promise<void> {
  const BATCH = 5_000;
  for (let from = 0; from < count; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - from) }, (_, nth) =>
      atRest(addressOf('job', `J-${from + nth}`)),
    );
    await store.write(batch);
  }
}

/** Leaves three actors that want something: one waits for an answer, one has a timer, one a timer that is due. */
async function leaveOpen(store: Store): Promise<TestNode> {
  const node = await TestNode.started({ store });
  await node.create('waits', 'sleeps', 'is due');
  node.tell(job('waits'), { type: 'work', to: 'job/x' });
  await node.command(job('is due'), { type: 'remind', afterMs: 1_000 });
  await node.command(job('sleeps'), { type: 'remind', afterMs: 3_600_000 });
  return node;
}

describe.each(STORES)('Recovery (%s)', (_name, open) => {
  it('reads as much for 100,000 actors at rest as for 1,000', { timeout: 60_000 }, async () => {
    const reads: unknown[] = [];
    for (const count of [1_000, 100_000]) {
      const inner = await open();
      await fill(inner, count);
      const before = await leaveOpen(new StoreProxy(inner));
      const store = new StoreProxy(inner);
      before.clock.set(before.clock.now() + 2_000);
      const node = await TestNode.started({ store, clock: before.clock });
      await store.quiet();
      expect(node.asked).toEqual(['job/waits work#2 → job/x do']);
      reads.push(store.reads);
    }
    expect(reads[1]).toEqual(reads[0]);
    expect(reads[0]).toMatchObject({ read: 2, history: 0, list: 0, feed: 0, entry: 0 });
  });

  it('fires timers that came due meanwhile, and arms for the rest', async () => {
    const store = new StoreProxy(await open());
    const { clock } = await leaveOpen(store);
    const started = clock.now();
    clock.set(started + 2_000);
    const node = await TestNode.started({ store, clock });
    await store.quiet();
    expect((await node.context(job('is due')))?.reminders).toEqual([started + 2_000]);
    expect(await node.history(job('sleeps'))).toEqual(['create', 'remind']);
    clock.set(started + 3_599_000);
    while (clock.step(started + 3_600_000)) await store.quiet();
    expect((await node.context(job('sleeps')))?.reminders).toEqual([started + 3_600_000]);
  });

  it('fires due timers earliest first', async () => {
    const store = new StoreProxy(await open());
    let node = await TestNode.started({ store });
    const keys = ['c', 'a', 'b', 'd'];
    await node.create(...keys);
    for (const [nth, key] of keys.entries()) {
      await node.command(job(key), { type: 'remind', afterMs: 1_000 * (nth + 1) });
    }
    node.clock.set(node.clock.now() + 10_000);
    node = await node.restarted();
    await store.quiet();
    const feed = await store.feed(8, 9);
    expect(feed.map(({ address }) => address)).toEqual(keys.map(job));
  });

  it('asks again what was open, and what is answered then goes on', async () => {
    const store = new StoreProxy(await open());
    const { clock } = await leaveOpen(store);
    const node = await TestNode.started({ store, clock });
    await store.quiet();
    expect(node.asked).toEqual(['job/waits work#2 → job/x do']);
    node.answer(job('waits'), 'work#2', { ok: true });
    await store.quiet();
    expect((await node.host.look(job('waits')))?.state.value).toBe('idle');
  });

  it('finds nothing to do in what has settled', async () => {
    const store = new StoreProxy(await open());
    const before = await leaveOpen(store);
    before.answer(job('waits'), 'work#2', { ok: true });
    await store.quiet();
    const node = await before.restarted();
    await store.quiet();
    expect(node.asked).toEqual([]);
    expect(node.host.load).toMatchObject({ commands: 0, messages: 0, actors: 0, waiting: 0 });
  });

  it('goes on when one of those that were open is damaged beyond use', async () => {
    const store = new StoreProxy(new MemoryStore());
    const { clock } = await leaveOpen(store);
    const broken = store.read(job('is due'));
    const record = broken?.record;
    if (broken === undefined || record == null) throw new Error('It was not written.');
    const read = store.inner.read.bind(store.inner);
    store.inner.read = (address) => {
      if (address === job('is due')) throw new Error('STORE_CORRUPT');
      return read(address);
    };
    clock.set(clock.now() + 2_000);
    const node = await TestNode.started({ store, clock });
    await store.quiet();
    expect(node.asked).toEqual(['job/waits work#2 → job/x do']);
    expect(node.errors).toHaveLength(1);
    expect(node.fatal).toEqual([]);
  });
});
