import { beforeEach, describe, expect, it } from 'vitest';
import { HeldStore } from '../fixtures/held-store.ts';
import { answerOf, job, settled, TestNode } from '../fixtures/node.ts';
import { closeStores, STORES } from '../fixtures/stores.ts';

closeStores();

describe.each(STORES)('Answered means durable (%s)', (_name, open) => {
  let store: HeldStore;
  let node: TestNode;

  beforeEach(async () => {
    store = new HeldStore(await open());
    node = await TestNode.started({ store });
    store.holds = false;
    await node.create('a', 'b');
    await node.command(job('a'), { type: 'add', amount: 1 }, { request: 'old' });
    store.holds = true;
    node.announced.length = 0;
    node.feeds.length = 0;
  });

  /** Something that reads the state of `a` while a step of `a` waits for the disk. */
  async function withUnwritten(): Promise<void> {
    node.tell(job('a'), { type: 'add', amount: 2 });
    await settled();
    expect(store.held).toBe(1);
  }

  it('an answer leaves after its step is on disk', async () => {
    const told = node.tell(job('a'), { type: 'add', amount: 2 });
    await settled();
    expect(store.held).toBe(1);
    expect(told.outcome).toBeUndefined();
    await store.land();
    expect(answerOf(told.outcome)).toEqual({
      error: false,
      body: { state: 'idle', total: 3, owner: 'nobody', version: 3 },
    });
  });

  it('an ask leaves after its step is on disk, and names that step', async () => {
    node.tell(job('a'), { type: 'work', to: 'job/b' });
    await settled();
    expect(node.asked).toEqual([]);
    await store.land();
    expect(node.asked).toEqual(['job/a work#3 → job/b do']);
    expect(node.transport.asks[0]?.cause).toBe('job/a/3');
  });

  it('an announcement leaves after its step is on disk, with its place in the feed', async () => {
    node.tell(job('a'), { type: 'add', amount: 2 });
    await settled();
    expect(node.announced).toEqual([]);
    const before = store.feedHead;
    await store.land();
    expect(node.announced).toEqual([
      { address: 'job/a', seq: 3, index: 0, at: node.clock.now(), announcement: { type: 'added', amount: 2 } },
    ]);
    expect(node.feeds).toEqual([[before, before + 1]]);
  });

  it('a reply to another actor leaves after its step is on disk', async () => {
    const answered = node.message(job('a'), { type: 'do', amount: 4 });
    await settled();
    expect(answered.answer).toBeUndefined();
    await store.land();
    expect(answered.answer).toEqual({ kind: 'reply', payload: { ok: true, total: 5 } });
  });

  it('a watcher is told after the step is on disk', async () => {
    const seen: number[] = [];
    node.host.watch(job('a'), ({ seq }) => seen.push(seq));
    node.tell(job('a'), { type: 'add', amount: 2 });
    await settled();
    expect(seen).toEqual([]);
    await store.land();
    expect(seen).toEqual([3]);
  });

  it('a refusal leaves after the state that it was read from is on disk', async () => {
    await withUnwritten();
    const told = node.tell(job('a'), { type: 'add', amount: 101 });
    await settled();
    expect(told.outcome).toBeUndefined();
    await store.land();
    expect(told.outcome).toMatchObject({ kind: 'refused', refusal: { failed: [{ guard: 'isSmall', accepted: 100 }] } });
  });

  it('the refusal of a message leaves after the state that it was read from is on disk', async () => {
    await withUnwritten();
    const answered = node.message(job('a'), { type: 'halt' });
    await settled();
    expect(answered.answer).toBeUndefined();
    await store.land();
    expect(answered.answer?.kind).toBe('refusal');
  });

  it('a reply to a message that changes nothing leaves after the state that it was read from is on disk', async () => {
    await withUnwritten();
    const answered = node.message(job('a'), { type: 'peek' });
    await settled();
    expect(answered.answer).toBeUndefined();
    await store.land();
    expect(answered.answer).toEqual({ kind: 'reply', payload: { total: 3 } });
  });

  it("a question's answer leaves after the state that it was read from is on disk", async () => {
    await withUnwritten();
    let total: unknown;
    const asked = node.context(job('a')).then((context) => {
      total = context?.total;
    });
    await settled();
    expect(total).toBeUndefined();
    await store.land();
    await asked;
    expect(total).toBe(3);
  });

  it('that an actor is forgotten is told after that is on disk', async () => {
    node.tell(job('a'), { type: 'quit' });
    await settled();
    let absent = false;
    const asked = node.host.look(job('a')).then((look) => {
      absent = look === undefined;
    });
    await settled();
    expect(absent).toBe(false);
    await store.land();
    await asked;
    expect(absent).toBe(true);
    expect(store.read(job('a'))?.record).toBeNull();
  });

  it.each([
    ['the same answer again', { type: 'add', amount: 1 }, { request: 'old' }, 'answered'],
    ['that the id was used for something else', { type: 'add', amount: 5 }, { request: 'old' }, 'reused'],
    ['that it exists', { type: 'create' }, {}, 'exists'],
    ['a version conflict', { type: 'add', amount: 5 }, { expectedVersion: 2 }, 'conflict'],
    ['that it came too late', { type: 'add', amount: 5 }, { deadline: 0 }, 'late'],
  ] as const)('%s leaves after the state that it was read from is on disk', async (_what, event, options, kind) => {
    await withUnwritten();
    const told = node.tell(job('a'), event, options);
    await settled();
    expect(told.outcome).toBeUndefined();
    await store.land();
    expect(told.outcome?.kind).toBe(kind);
  });

  it('that it is locked leaves after the lock is on disk', async () => {
    node.tell(job('a'), { type: 'work', to: 'job/b' });
    const told = node.tell(job('a'), { type: 'add', amount: 1 });
    await settled();
    expect(told.outcome).toBeUndefined();
    await store.land();
    expect(told.outcome?.kind).toBe('locked');
  });

  it('asks that somebody wants repeated leave only once they are on disk', async () => {
    node.tell(job('a'), { type: 'work', to: 'job/b' });
    await settled();
    const repeated = node.host.repeatAsks(job('a'));
    await settled();
    expect(node.asked).toEqual([]);
    await store.land();
    await repeated;
    expect(new Set(node.asked)).toEqual(new Set(['job/a work#3 → job/b do']));
  });

  it('an ask that a later step is about to replace does not leave, nor does the new one before it is on disk', async () => {
    node.tell(job('a'), { type: 'work', to: 'job/b' });
    await settled();
    node.message(job('a'), { type: 'again' });
    await settled();
    await store.land();
    expect(node.asked).toEqual([]);
    await store.land();
    expect(node.asked).toEqual(['job/a work#4 → job/other do']);
  });

  it('while a write waits, the asks of the next one do not leave with a repetition', async () => {
    node.tell(job('a'), { type: 'add', amount: 2 });
    await settled();
    node.tell(job('a'), { type: 'work', to: 'job/b' });
    await settled();
    const repeated = node.host.repeatAsks(job('a'));
    await settled();
    await store.land();
    expect(node.asked).toEqual([]);
    await store.land();
    await repeated;
    expect(node.asked.length).toBeGreaterThan(0);
  });

  it('what does not concern the actor that waits for the disk is answered at once', async () => {
    await withUnwritten();
    const told = node.tell(job('b'), { type: 'add', amount: 101 });
    await settled();
    expect(told.outcome?.kind).toBe('refused');
    await store.land();
  });

  it('a timer counts only once it is on disk', async () => {
    node.tell(job('a'), { type: 'remind', afterMs: 10 });
    await settled();
    expect(node.clock.planned).toEqual([]);
    await store.land();
    expect(node.clock.planned).toEqual([node.clock.now() + 10]);
  });
});

describe.each(STORES)('A store that fails (%s)', (_name, open) => {
  let store: HeldStore;
  let node: TestNode;
  const error = new Error('the disk is full');

  beforeEach(async () => {
    store = new HeldStore(await open());
    store.holds = false;
    node = await TestNode.started({ store });
    await node.create('a', 'b');
    store.holds = true;
    node.announced.length = 0;
  });

  it('lets nothing out of what it failed to write, and is told once', async () => {
    const seen: unknown[] = [];
    node.host.watch(job('a'), (state) => seen.push(state));
    const outcomes = [
      node.tell(job('a'), { type: 'add', amount: 2 }),
      node.tell(job('a'), { type: 'add', amount: 101 }),
      node.tell(job('b'), { type: 'work', to: 'job/a' }),
    ];
    const answered = node.message(job('a'), { type: 'do', amount: 1 });
    await settled();
    const later = node.tell(job('a'), { type: 'add', amount: 3 });
    await settled();
    await store.fail(error);
    await node.clock.pass(3_600_000);
    expect(node.fatal).toEqual([error]);
    expect([...outcomes, later].map(({ outcome }) => outcome)).toEqual([undefined, undefined, undefined, undefined]);
    expect(answered.answer).toBeUndefined();
    expect(seen).toEqual([]);
    expect(node.asked).toEqual([]);
    expect(node.announced).toEqual([]);
    expect(store.held).toBe(0);
  });

  it('is not written to any more, and later commands are told that it is unavailable', async () => {
    node.tell(job('a'), { type: 'add', amount: 2 });
    await settled();
    await store.fail(error);
    const outcome = await node.command(job('b'), { type: 'add', amount: 2 });
    expect(outcome).toEqual({ kind: 'unavailable' });
    const answered = node.message(job('b'), { type: 'do', amount: 1 });
    await node.clock.pass(3_600_000);
    expect(answered.answer).toBeUndefined();
    expect(store.writes.filter((writes) => writes.some(({ address }) => address === job('b')))).toHaveLength(1);
  });

  it('stops at once after that: there is nothing to wait for', async () => {
    node.tell(job('a'), { type: 'add', amount: 2 });
    await settled();
    await store.fail(error);
    await node.host.stop(1_000);
    expect(node.fatal).toHaveLength(1);
  });

  it('leaves behind what a new process can go on from, whether the write happened or not', async () => {
    for (const happened of [false, true]) {
      node.tell(job('a'), { type: 'add', amount: 2 }, { request: `r-${happened}` });
      await settled();
      if (happened) await store.inner.write(store.writes.at(-1) ?? []);
      await store.fail(error);
      store.holds = false;
      node = await node.restarted();
      const outcome = await node.command(job('a'), { type: 'add', amount: 2 }, { request: `r-${happened}` });
      expect(answerOf(outcome).body.total).toBe(happened ? 4 : 2);
      store.holds = true;
    }
  });
});
