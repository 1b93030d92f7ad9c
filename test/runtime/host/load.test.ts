import { describe, expect, it } from 'vitest';
import type { Definition } from '../../../runtime/definition.ts';
import { MAILBOX_LIMITS } from '../../../runtime/mailbox.ts';
import { MemoryStore } from '../../../runtime/memory/store.ts';
import { HeldStore } from '../fixtures/held-store.ts';
import { job1 } from '../fixtures/job.ts';
import { answerOf, job, settled, TestNode } from '../fixtures/node.ts';
import { StoreProxy } from '../fixtures/store-proxy.ts';

const add = { type: 'add', amount: 1 };

describe('A flood of commands', () => {
  it('is answered BUSY at once past what one actor may have waiting, and the rest is answered', async () => {
    const node = await TestNode.started({ mailboxLimits: { ...MAILBOX_LIMITS, commandsPerActor: 3 } });
    await node.create('a', 'b');
    const told = Array.from({ length: 5 }, () => node.tell(job('a'), add));
    const other = node.tell(job('b'), add);
    await Promise.resolve();
    expect(told.map(({ outcome }) => outcome?.kind)).toEqual([undefined, undefined, undefined, 'busy', 'busy']);
    await settled();
    expect([...told.slice(0, 3), other].map(({ outcome }) => outcome?.kind)).toEqual(Array(4).fill('answered'));
  });

  it('is answered BUSY past what the node may have waiting', async () => {
    const node = await TestNode.started({ mailboxLimits: { ...MAILBOX_LIMITS, commands: 2 } });
    await node.create('a');
    await node.create('b');
    const told = [node.tell(job('a'), add), node.tell(job('b'), add), node.tell(job('b'), add)];
    await settled();
    expect(told.map(({ outcome }) => outcome?.kind)).toEqual(['answered', 'answered', 'busy']);
  });

  it('does not keep protocol messages from going through', async () => {
    const store = new HeldStore(new MemoryStore());
    store.holds = false;
    const node = await TestNode.started({
      store,
      batchSteps: 4,
      mailboxLimits: { commandsPerActor: 8, commands: 8, messages: 4 },
    });
    await node.create('a');
    store.holds = true;
    const told = Array.from({ length: 20 }, () => node.tell(job('a'), add));
    await settled();
    const answered = node.message(job('a'), { type: 'do', amount: 0 });
    await settled();
    expect(node.host.load.commands).toBe(1);
    expect(told.filter(({ outcome }) => outcome?.kind === 'busy')).toHaveLength(12);
    await store.land();
    await store.land();
    expect(answered.answer?.kind).toBe('reply');
    await store.landAll();
    expect(told.filter(({ outcome }) => outcome?.kind === 'answered')).toHaveLength(8);
  });

  it('is written in batches of no more steps than allowed, protocol messages first', async () => {
    const store = new HeldStore(new MemoryStore());
    store.holds = false;
    const node = await TestNode.started({ store, batchSteps: 4 });
    await node.create('a');
    store.holds = true;
    store.writes.length = 0;
    const commands = Array.from({ length: 10 }, () => node.tell(job('a'), add));
    const message = node.message(job('a'), { type: 'peek' });
    await store.landAll();
    expect(message.answer).toEqual({ kind: 'reply', payload: { total: 0 } });
    expect(store.writes.map((writes) => writes[0]?.entries.length)).toEqual([4, 4, 2]);
    expect(commands.map(({ outcome }) => answerOf(outcome).body.total)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('of one actor does not starve the others', async () => {
    const store = new HeldStore(new MemoryStore());
    store.holds = false;
    const node = await TestNode.started({ store, batchSteps: 4 });
    await node.create('a', 'b');
    store.holds = true;
    for (let nth = 0; nth < 8; nth += 1) node.tell(job('a'), add);
    const other = node.tell(job('b'), add);
    for (let round = 0; round < 4; round += 1) {
      await settled();
      for (let nth = 0; nth < 4; nth += 1) node.tell(job('a'), add);
      await store.land();
    }
    expect(other.outcome?.kind).toBe('answered');
    await store.landAll();
  });

  it('drops protocol messages past their own reserve, and never a wake-up', async () => {
    const node = await TestNode.started({ mailboxLimits: { ...MAILBOX_LIMITS, messages: 1 } });
    await node.create('a', 'b');
    await node.command(job('a'), { type: 'remind', afterMs: 1_000 });
    await node.command(job('b'), { type: 'remind', afterMs: 1_000 });
    const answered = [1, 2].map(() => node.message(job('a'), { type: 'do', amount: 1 }));
    await settled();
    expect(answered.map(({ answer }) => answer?.kind)).toEqual(['reply', undefined]);
    await node.clock.pass(1_000);
    for (const key of ['a', 'b']) expect((await node.context(job(key)))?.reminders).toHaveLength(1);
    await node.command(job('a'), { type: 'remind', afterMs: 1_000 });
    await node.clock.pass(1_000);
    expect((await node.context(job('a')))?.reminders).toHaveLength(2);
  });
});

describe('Memory', () => {
  it('holds no more idle actors than allowed, the most recently used ones', async () => {
    const store = new StoreProxy(new MemoryStore());
    const node = await TestNode.started({ store, activeActors: 10 });
    await node.create(...Array.from({ length: 100 }, (_, nth) => `k${nth}`));
    await node.command(job('k0'), add);
    await settled();
    expect(node.host.load.actors).toBeLessThanOrEqual(10);
    const before = store.reads.read;
    await node.command(job('k0'), add);
    expect(store.reads.read).toBe(before);
    expect(answerOf(await node.command(job('k1'), add)).body.total).toBe(1);
    expect(store.reads.read).toBe(before + 1);
  });

  it('is not bounded at the cost of steps that are not on disk', async () => {
    const store = new HeldStore(new MemoryStore());
    const node = await TestNode.started({ store, activeActors: 1 });
    const told = ['a', 'b', 'c'].map((key) => node.tell(job(key), { type: 'create' }));
    await settled();
    expect(node.host.load.actors).toBe(3);
    await store.landAll();
    expect(told.map(({ outcome }) => outcome?.kind)).toEqual(['answered', 'answered', 'answered']);
    await node.command(job('a'), { type: 'add', amount: 101 });
    await settled();
    expect(node.host.load.actors).toBe(1);
  });

  it('does not fill with actors that were only looked at, nor with those that are not there', async () => {
    const node = await TestNode.started({ activeActors: 4 });
    await node.create('a', 'b', 'c', 'd', 'e');
    const { actors } = node.host.load;
    for (let nth = 0; nth < 50; nth += 1) expect(await node.host.look(job(`nobody ${nth}`))).toBeUndefined();
    expect(node.host.load.actors).toBe(actors);
    for (let nth = 0; nth < 50; nth += 1) node.message(job(`nobody ${nth}`), { type: 'peek' });
    await settled();
    expect(node.host.load.actors).toBeLessThanOrEqual(4);
  });

  it('lets go of actors that wait for an answer, and they ask again all the same', async () => {
    const node = await TestNode.started({ activeActors: 1 });
    await node.create('a', 'b', 'c');
    const told = node.tell(job('a'), { type: 'work', to: 'job/x' });
    await settled();
    await node.create('d', 'e');
    await settled();
    expect(node.host.load.actors).toBe(1);
    node.transport.asks.length = 0;
    await node.clock.pass(40_000);
    expect(node.asked.length).toBeGreaterThan(0);
    node.answer(job('a'), 'work#2', { ok: true });
    await settled();
    expect(told.outcome?.kind).toBe('answered');
  });
});

describe('An older record', () => {
  const job2: Definition = {
    ...job1,
    version: 2,
    migrate: ({ value, context }, from) =>
      from === 1 ? { value, context: { ...context, owner: `${context.owner} II` } } : undefined,
  };

  async function withOlder(): Promise<HeldStore> {
    const store = new HeldStore(new MemoryStore());
    store.holds = false;
    const node = await TestNode.started({ store });
    await node.create('a');
    node.tell(job('a'), { type: 'work', to: 'job/b' });
    await settled();
    store.holds = true;
    return store;
  }

  it('is shown to a question only after its migration is on disk', async () => {
    const store = await withOlder();
    const node = new TestNode({ store, definitions: [job2] });
    let owner: unknown;
    const asked = node.context(job('a')).then((context) => {
      owner = context?.owner;
    });
    await settled();
    expect(owner).toBeUndefined();
    await store.land();
    await asked;
    expect(owner).toBe('nobody II');
    expect(await node.history(job('a'))).toEqual(['create', 'work', 'migrate']);
  });

  it('asks again after its migration, and what is asked meanwhile waits for its own write', async () => {
    const store = await withOlder();
    const node = await TestNode.started({ store, definitions: [job2] });
    await settled();
    node.message(job('a'), { type: 'peek' });
    await settled();
    node.message(job('a'), { type: 'again' });
    await settled();
    expect(node.asked).toEqual([]);
    await store.land();
    expect(node.asked).toEqual([]);
    await store.landAll();
    expect(node.asked).toContain('job/a work#4 → job/other do');
  });

  it('that nobody can take over is named, and is no obstacle to the others', async () => {
    const store = await withOlder();
    store.holds = false;
    const node = await TestNode.started({ store, definitions: [{ ...job1, version: 2 }] });
    await settled();
    const outcome = await node.command(job('a'), add);
    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'VERSION_UNKNOWN' } });
    await expect(node.host.look(job('a'))).rejects.toMatchObject({ code: 'VERSION_UNKNOWN' });
    expect((await node.command(job('b'), { type: 'create' })).kind).toBe('answered');
  });
});
