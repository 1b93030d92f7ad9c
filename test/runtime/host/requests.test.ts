import { beforeEach, describe, expect, it } from 'vitest';
import { unpackEntry } from '../../../runtime/journal.ts';
import { MemoryStore } from '../../../runtime/memory/store.ts';
import { REMEMBERED_REQUESTS } from '../../../runtime/record.ts';
import { answerOf, job, settled, TestNode } from '../fixtures/node.ts';
import { StoreProxy } from '../fixtures/store-proxy.ts';
import { closeStores, STORES } from '../fixtures/stores.ts';

closeStores();

describe.each(STORES)('The same request gets the same answer (%s)', (_name, open) => {
  let store: StoreProxy;
  let node: TestNode;
  const add = { type: 'add', amount: 2 };

  beforeEach(async () => {
    store = new StoreProxy(await open());
    node = await TestNode.started({ store });
    await node.create('a', 'b');
  });

  it('byte for byte, and is done once', async () => {
    const first = answerOf(await node.command(job('a'), add, { request: 'r1' }));
    await node.command(job('a'), add);
    expect(answerOf(await node.command(job('a'), add, { request: 'r1' }))).toEqual(first);
    expect((await node.context(job('a')))?.total).toBe(4);
  });

  it('when it is sent again before the first is on disk', async () => {
    const outcomes = await Promise.all([1, 2, 3].map(() => node.command(job('a'), add, { request: 'r1' })));
    expect(new Set(outcomes.map((outcome) => JSON.stringify(answerOf(outcome)))).size).toBe(1);
    expect((await node.context(job('a')))?.total).toBe(2);
  });

  it('when it is sent again while its transaction is under way: it joins the wait', async () => {
    const work = { type: 'work', to: 'job/b' };
    const told = [node.tell(job('a'), work, { request: 'r1' }), node.tell(job('a'), work, { request: 'r1' })];
    await store.quiet();
    told.push(node.tell(job('a'), work, { request: 'r1' }));
    await store.quiet();
    expect(told.map(({ outcome }) => outcome)).toEqual([undefined, undefined, undefined]);
    node.answer(job('a'), 'work#2', { ok: true });
    await store.quiet();
    expect(told.map(({ outcome }) => answerOf(outcome).body.version)).toEqual([3, 3, 3]);
    expect(node.host.load.waiting).toBe(0);
  });

  it('also an error that the machine settled it with', async () => {
    const told = node.tell(job('a'), { type: 'work', to: 'job/b' }, { request: 'r1' });
    await store.quiet();
    node.answer(job('a'), 'work#2', { ok: false });
    await store.quiet();
    const again = await node.command(job('a'), { type: 'work', to: 'job/b' }, { request: 'r1' });
    expect(answerOf(told.outcome)).toMatchObject({ error: true, body: { code: 'DENIED' } });
    expect(answerOf(again)).toEqual(answerOf(told.outcome));
  });

  it('after a restart', async () => {
    const first = answerOf(await node.command(job('a'), add, { request: 'r1' }));
    await node.host.stop(0);
    node = await node.restarted();
    expect(answerOf(await node.command(job('a'), add, { request: 'r1' }))).toEqual(first);
  });

  it('after a restart in the middle of its transaction: it joins the wait there', async () => {
    node.tell(job('a'), { type: 'work', to: 'job/b' }, { request: 'r1' });
    await store.quiet();
    node = await node.restarted();
    const told = node.tell(job('a'), { type: 'work', to: 'job/b' }, { request: 'r1' });
    await store.quiet();
    node.answer(job('a'), 'work#2', { ok: true });
    await store.quiet();
    expect(answerOf(told.outcome).body.version).toBe(3);
    expect(await node.history(job('a'))).toEqual(['create', 'work', 'do.answered']);
  });

  it('on another actor is another request', async () => {
    await node.command(job('a'), add, { request: 'r1' });
    expect(answerOf(await node.command(job('b'), add, { request: 'r1' })).body.total).toBe(2);
  });

  it('with another body is refused as reused, under way or answered', async () => {
    await node.command(job('a'), add, { request: 'r1' });
    const other = { type: 'add', amount: 3 };
    expect(await node.command(job('a'), other, { request: 'r1' })).toEqual({ kind: 'reused' });
    node.tell(job('a'), { type: 'work', to: 'job/b' }, { request: 'r2' });
    expect(await node.command(job('a'), add, { request: 'r2' })).toEqual({ kind: 'reused' });
  });

  it('is expired once 64 newer ones are answered, and never done again', async () => {
    const first = answerOf(await node.command(job('a'), add, { request: 'r0' }));
    for (let nth = 1; nth < REMEMBERED_REQUESTS; nth += 1) {
      await node.command(job('a'), add, { request: `r${nth}` });
    }
    expect(answerOf(await node.command(job('a'), add, { request: 'r0' }))).toEqual(first);
    await node.command(job('a'), add, { request: 'r64' });
    const version = REMEMBERED_REQUESTS + 2;
    expect(await node.command(job('a'), add, { request: 'r0' })).toEqual({ kind: 'expired', version });
    node = await node.restarted();
    expect(await node.command(job('a'), add, { request: 'r0' })).toEqual({ kind: 'expired', version });
    expect(answerOf(await node.command(job('a'), add, { request: 'r1' })).body.total).toBe(4);
    expect((await node.context(job('a')))?.total).toBe(130);
  });

  it('is forgotten with a refusal: the same id may be tried again', async () => {
    const tooMuch = { type: 'add', amount: 101 };
    for (const _attempt of [1, 2]) {
      expect((await node.command(job('a'), tooMuch, { request: 'r1' })).kind).toBe('refused');
    }
    expect(answerOf(await node.command(job('a'), add, { request: 'r1' })).body.total).toBe(2);
  });

  it('is never let go of while it is unanswered, whatever else happens to the actor', async () => {
    node.tell(job('a'), { type: 'work', to: 'job/b' }, { request: 'r1' });
    await store.quiet();
    for (let nth = 0; nth < 100; nth += 1) node.message(job('a'), { type: 'do', amount: 1 });
    await store.quiet();
    node = await node.restarted();
    const told = node.tell(job('a'), { type: 'work', to: 'job/b' }, { request: 'r1' });
    await store.quiet();
    node.answer(job('a'), 'work#2', { ok: true });
    await store.quiet();
    expect(answerOf(told.outcome).body.total).toBe(100);
  });
});

describe.each(STORES)('A command (%s)', (_name, open) => {
  let store: StoreProxy;
  let node: TestNode;
  const add = { type: 'add', amount: 2 };

  beforeEach(async () => {
    store = new StoreProxy(await open());
    node = await TestNode.started({ store });
    await node.create('a', 'b');
  });

  it('is answered with the view', async () => {
    expect(answerOf(await node.command(job('a'), add))).toEqual({
      error: false,
      body: { state: 'idle', total: 2, owner: 'nobody', version: 2 },
    });
  });

  it('that starts a transaction is answered after its outcome, and until then the actor is locked', async () => {
    const told = node.tell(job('a'), { type: 'work', to: 'job/b' });
    await store.quiet();
    expect(told.outcome).toBeUndefined();
    expect(await node.command(job('a'), add)).toMatchObject({ kind: 'locked', state: { value: 'working' } });
    node.answer(job('a'), 'work#2', { ok: true });
    await store.quiet();
    expect(answerOf(told.outcome).body.state).toBe('idle');
  });

  it('goes into the journal with who sent it, why and its trace, but without secrets', async () => {
    await node.command(
      job('a'),
      { ...add, secret: '4111' },
      { by: 'Ann', cause: 'request r1', trace: '00-1-2-01', request: 'r1' },
    );
    const entry = store.entry(job('a'), 2) ?? new Uint8Array(0);
    expect(unpackEntry(entry)).toMatchObject({
      seq: 2,
      at: node.clock.now(),
      event: add,
      by: 'Ann',
      cause: 'request r1',
      trace: '00-1-2-01',
      from: 'idle',
      to: 'idle',
    });
    expect(Buffer.from(entry).includes('4111')).toBe(false);
    expect(Buffer.from(store.read(job('a'))?.record ?? []).includes('4111')).toBe(false);
  });

  it('of another version than expected is a conflict, and tells the version that is there', async () => {
    expect(await node.command(job('a'), add, { expectedVersion: 2 })).toEqual({ kind: 'conflict', version: 1 });
    expect((await node.command(job('a'), add, { expectedVersion: 1 })).kind).toBe('answered');
  });

  it('past its deadline is not started, up to its deadline it is', async () => {
    const now = node.clock.now();
    expect(await node.command(job('a'), add, { deadline: now - 1 })).toEqual({ kind: 'late' });
    expect((await node.command(job('a'), add, { deadline: now })).kind).toBe('answered');
  });

  it('to an actor that is not there finds nobody; one that creates finds that it exists', async () => {
    expect(await node.command(job('nobody'), add)).toEqual({ kind: 'absent' });
    expect(await node.command(job('a'), { type: 'create' })).toEqual({ kind: 'exists', version: 1 });
  });

  it('to a type that nobody has registered fails, and changes nothing', async () => {
    const told = node.tell('pet/Rex' as never, add);
    await store.quiet();
    expect(told.outcome).toMatchObject({ kind: 'failed', error: { code: 'MACHINE_REFUSED' } });
  });

  it('that trips over a bug in the machine fails alone: nothing has changed and the rest goes on', async () => {
    const [before, broken, after] = await Promise.all([
      node.command(job('a'), add),
      node.command(job('a'), { type: 'crash' }),
      node.command(job('a'), add),
    ]);
    expect([before, after].map((outcome) => answerOf(outcome).body.total)).toEqual([2, 4]);
    expect(broken).toMatchObject({ kind: 'failed', error: new Error('a bug in the machine') });
    expect(await node.history(job('a'))).toEqual(['create', 'add', 'add']);
    expect(node.errors).toHaveLength(1);
  });

  it('whose sender is gone by the time it settles is answered to where it said', async () => {
    node.tell(job('a'), { type: 'work', to: 'job/b' }, { replyTo: '_INBOX.1' });
    await store.quiet();
    node = await node.restarted();
    node.answer(job('a'), 'work#2', { ok: true });
    await store.quiet();
    expect(node.orphans).toEqual([
      { replyTo: '_INBOX.1', answer: { state: 'idle', total: 0, owner: 'nobody', version: 3 } },
    ]);
  });

  it('whose sender is still there is not answered twice', async () => {
    const told = node.tell(job('a'), { type: 'work', to: 'job/b' }, { replyTo: '_INBOX.1' });
    await store.quiet();
    node.answer(job('a'), 'work#2', { ok: true });
    await store.quiet();
    expect(told.outcome?.kind).toBe('answered');
    expect(node.orphans).toEqual([]);
  });
});

describe('A hot actor', () => {
  it('is written once for all the messages that wait for it, with an entry for each', async () => {
    const store = new StoreProxy(new MemoryStore());
    const node = await TestNode.started({ store });
    await node.create('a');
    store.writes.length = 0;
    const answers = Array.from({ length: 300 }, () => node.message(job('a'), { type: 'do', amount: 1 }));
    await settled();
    expect(store.writes).toHaveLength(1);
    expect(store.writes[0]).toHaveLength(1);
    expect(store.writes[0]?.[0]?.entries).toHaveLength(300);
    expect(answers.map(({ answer }) => (answer?.kind === 'reply' ? answer.payload : undefined))).toEqual(
      answers.map((_, nth) => ({ ok: true, total: nth + 1 })),
    );
  });
});
