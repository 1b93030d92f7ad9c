import { beforeEach, describe, expect, it } from 'vitest';
import type { Address } from '../../../runtime/address.ts';
import type { Store, Write } from '../../../runtime/ports.ts';
import { packRecord, unpackRecord } from '../../../runtime/record.ts';
import { SteppedClock } from '../../fixtures/stepped-clock.ts';
import { HeldStore } from '../fixtures/held-store.ts';
import { answerOf, job, settled, TestNode } from '../fixtures/node.ts';
import { StoreProxy } from '../fixtures/store-proxy.ts';
import { closeStores, STORES } from '../fixtures/stores.ts';

closeStores();

/** Lets another node, on the same store, do something to actors while this one has a write under way. */
async function meanwhile(store: HeldStore, node: TestNode, work: (other: TestNode) => Promise<unknown>): Promise<void> {
  const shared = new StoreProxy(store.inner);
  // Its time stands still afterwards: it is this node's turn.
  await work(await TestNode.started({ store: shared, clock: new SteppedClock(node.clock.now()) }));
  await shared.quiet();
}

describe.each(STORES)('A second writer (%s)', (_name, open) => {
  let store: HeldStore;
  let node: TestNode;
  const add = { type: 'add', amount: 1 };

  beforeEach(async () => {
    store = new HeldStore(await open());
    store.holds = false;
    node = await TestNode.started({ store });
    await node.create('a', 'b');
    store.holds = true;
    node.announced.length = 0;
  });

  it('is noticed: the command is taken again on what the other has written, and done once', async () => {
    const told = node.tell(job('a'), add, { request: 'r1' });
    const untouched = node.tell(job('b'), add);
    await settled();
    await meanwhile(store, node, (other) => other.command(job('a'), { type: 'add', amount: 10 }));
    await store.landAll();
    expect(answerOf(told.outcome).body).toMatchObject({ total: 11, version: 3 });
    expect(answerOf(untouched.outcome).body).toMatchObject({ total: 1, version: 2 });
    expect(await node.history(job('a'))).toEqual(['create', 'add', 'add']);
    expect(node.announced.map(({ address, seq }) => `${address}/${seq}`).sort()).toEqual(['job/a/3', 'job/b/2']);
    expect(node.host.load.waiting).toBe(0);
  });

  it('makes nothing of what is already done twice: the same request was taken by the other', async () => {
    const told = node.tell(job('a'), add, { request: 'r1' });
    await settled();
    let first: unknown;
    await meanwhile(store, node, async (other) => {
      first = answerOf(await other.command(job('a'), add, { request: 'r1' }));
    });
    await store.landAll();
    expect(answerOf(told.outcome)).toEqual(first);
    expect(await node.history(job('a'))).toEqual(['create', 'add']);
  });

  it('does not lose the steps that followed in the next batch, whatever they are', async () => {
    const told = [node.tell(job('a'), add, { request: 'r1' }), node.tell(job('a'), { type: 'add', amount: 101 })];
    await settled();
    told.push(node.tell(job('a'), add, { request: 'r2' }), node.tell(job('a'), add, { request: 'r1' }));
    const answered = node.message(job('a'), { type: 'do', amount: 5 });
    await settled();
    await meanwhile(store, node, (other) => other.command(job('a'), { type: 'add', amount: 10 }));
    await store.landAll();
    expect(told.map(({ outcome }) => outcome?.kind)).toEqual(['answered', 'refused', 'answered', 'answered']);
    expect(answered.answer?.kind).toBe('reply');
    expect((await node.context(job('a')))?.total).toBe(17);
    expect(answerOf(told[3]?.outcome)).toEqual(answerOf(told[0]?.outcome));
    expect(node.host.load.waiting).toBe(0);
  });

  it('does not leave those without an answer who joined the wait for a step that came to nothing', async () => {
    const work = { type: 'work', to: 'job/b' };
    const told = [node.tell(job('a'), work, { request: 'r1' }), node.tell(job('a'), work, { request: 'r1' })];
    await settled();
    told.push(node.tell(job('a'), work, { request: 'r1' }));
    await settled();
    await meanwhile(store, node, (other) => other.command(job('a'), add));
    await store.landAll();
    node.answer(job('a'), 'work#3', { ok: true });
    await settled();
    await store.landAll();
    expect(told.map(({ outcome }) => answerOf(outcome).body.version)).toEqual([4, 4, 4]);
    expect(node.host.load.waiting).toBe(0);
  });

  it('does not let asks out that came to nothing', async () => {
    node.tell(job('a'), { type: 'work', to: 'job/b' });
    await settled();
    await meanwhile(store, node, async (other) => other.tell(job('a'), { type: 'work', to: 'job/c' }));
    await store.landAll();
    expect(new Set(node.asked)).toEqual(new Set(['job/a work#2 → job/c do']));
  });

  it('does not leave a question without an answer, and the answer is what is on disk', async () => {
    node.tell(job('a'), add);
    await settled();
    let total: unknown;
    const asked = node.context(job('a')).then((context) => {
      total = context?.total;
    });
    await meanwhile(store, node, (other) => other.command(job('a'), { type: 'add', amount: 10 }));
    await store.landAll();
    await asked;
    expect([10, 11]).toContain(total);
  });

  it('does not keep a timer from firing whose step came to nothing', async () => {
    store.holds = false;
    await node.command(job('a'), { type: 'remind', afterMs: 1_000 });
    await store.quiet();
    store.holds = true;
    node.clock.step();
    await store.quiet();
    expect(store.held).toBe(1);
    await writeBehind(store.inner, job('a'));
    await store.landAll();
    await store.quiet();
    await store.landAll();
    expect((await node.context(job('a')))?.reminders).toEqual([node.clock.now()]);
  });

  it('does not keep a timer from firing that only the other has set', async () => {
    node.tell(job('a'), add);
    await settled();
    await meanwhile(store, node, (other) => other.command(job('a'), { type: 'remind', afterMs: 5_000 }));
    await store.landAll();
    store.holds = false;
    await node.pass(5_000);
    expect(await node.history(job('a'))).toContain('reminded');
  });
});

/** Writes an actor as it is once more, as a second writer would that did something of no consequence. */
async function writeBehind(store: Store, address: Address): Promise<void> {
  const stored = store.read(address);
  if (stored === undefined) throw new Error(`${address} is not there.`);
  const entry = store.entry(address, stored.revision);
  if (entry === undefined || stored.record === null) throw new Error(`${address} has no record.`);
  const record = unpackRecord(stored.record);
  const write: Write = {
    address,
    expectedRevision: stored.revision,
    record: packRecord({ ...record, seq: stored.revision + 1 }),
    head: stored.head,
    facets: { counts: [], listing: null, wakes: record.timers.map(({ dueAt }) => dueAt) },
    entries: [{ seq: stored.revision + 1, bytes: entry, announcements: 0 }],
  };
  await store.write([write]);
}
