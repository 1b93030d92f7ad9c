import { beforeEach, describe, expect, it } from 'vitest';
import type { Definition } from '../../../runtime/definition.ts';
import { MemoryStore } from '../../../runtime/memory/store.ts';
import { unpackRecord } from '../../../runtime/record.ts';
import { admit } from '../../../runtime/upgrade/admission.ts';
import { migrateBacklog } from '../../../runtime/upgrade/backlog.ts';
import { HeldStore } from '../fixtures/held-store.ts';
import { job1 } from '../fixtures/job.ts';
import { answerOf, job, settled, TestNode } from '../fixtures/node.ts';
import { otherJob } from '../fixtures/other-job.ts';

/** Files every job under its owner, and has another name for whom nobody owns. */
const job2: Definition = otherJob({
  version: 2,
  migrate: ({ value, context }) => ({ value, context: { ...context, owner: 'the house' } }),
  facets: ({ value, context }) => ({
    counts: [`state:${value}`, `owner:${context.owner}`],
    listing: { at: 0, tags: ['all', `owner:${context.owner}`] },
  }),
});
const build2 = new Map([['job', job2]]);

describe('What rests under an older version', () => {
  let store: HeldStore;
  let said: { readonly message: string; readonly fields: object }[];

  const note = (fields: object, message: string) => void said.push({ message, fields });
  const log = { debug: () => {}, info: note, warn: note, error: note };
  const isDone = () => said.some(({ message }) => message === 'No record of an older version is left');
  const versions = async () => {
    const records = (await store.addresses(undefined, 999)).map((address) => store.read(address)?.record);
    return records.flatMap((record) => (record == null ? [] : [unpackRecord(record).version]));
  };
  const left = async () => (await versions()).filter((version) => version === 1).length;

  beforeEach(async () => {
    store = new HeldStore(new MemoryStore());
    store.holds = false;
    said = [];
    const node = await TestNode.started({ store });
    await admit(store, new Map([['job', job1]]), { now: 0, log });
    await node.create(...Array.from({ length: 150 }, (_, index) => `j${index}`));
    await node.command(job('j149'), { type: 'quit' });
    await admit(store, build2, { now: 0, log });
    store.writes.length = 0;
    said = [];
  });

  async function started(definition: Definition = job2): Promise<{ node: TestNode; stop: () => void }> {
    const node = await TestNode.started({ store, definitions: [definition] });
    const stop = migrateBacklog({ host: node.host, store, definitions: new Map([['job', definition]]), log });
    return { node, stop };
  }

  it('is migrated after the start, so that counts and lists go by the new version alone', async () => {
    const { node } = await started();
    await node.quiet();
    expect(isDone()).toBe(true);
    expect(await left()).toBe(0);
    expect(store.counts('job')).toEqual({ 'state:idle': 149, 'owner:the house': 149 });
    expect(await store.list({ type: 'job', tag: 'owner:the house', limit: 999 })).toHaveLength(149);
    expect(await admit(store, build2, { now: 0, log })).toBe(false);
  });

  it('is migrated a few at a time, and once', async () => {
    const { node } = await started();
    await node.quiet();
    expect(store.writes.length).toBeGreaterThan(2);
    expect(Math.max(...store.writes.map((writes) => writes.length))).toBeLessThanOrEqual(64);
    expect(store.writes.flat()).toHaveLength(149);
    store.writes.length = 0;
    await started();
    await node.quiet();
    expect(store.writes).toEqual([]);
  });

  it('lets commands through meanwhile', async () => {
    store.holds = true;
    const { node } = await started();
    const told = node.tell(job('j140'), { type: 'add', amount: 5 });
    await settled();
    // The first group, in two writes, and the command with the second of them.
    await store.land();
    await store.land();
    expect(await left()).toBeGreaterThan(0);
    expect(answerOf(told.outcome).body).toMatchObject({ total: 5, owner: 'the house' });
    await store.landAll();
    expect(await left()).toBe(0);
  });

  it('goes on after a crash where it was', async () => {
    store.holds = true;
    await started();
    await settled();
    await store.land();
    await store.land();
    expect(await left()).toBe(149 - 64);
    // Nobody lets the first node go on.
    store.holds = false;
    expect(await admit(store, build2, { now: 0, log })).toBe(true);
    const { node } = await started();
    await node.quiet();
    expect(await left()).toBe(0);
    expect(isDone()).toBe(true);
  });

  it('stays for the next start when the node is stopped', async () => {
    store.holds = true;
    const { node, stop } = await started();
    await settled();
    stop();
    await store.landAll();
    await node.quiet();
    expect(await left()).toBe(149 - 64);
    expect(isDone()).toBe(false);
    expect(await admit(store, build2, { now: 0, log })).toBe(true);
  });

  it('is told of when a migration fails, and tried again at the next start', async () => {
    let isBroken = true;
    const moody: Definition = {
      ...job2,
      migrate: (outdated) => (isBroken ? undefined : outdated),
    };
    const { node } = await started(moody);
    await node.quiet();
    expect(said).toContainEqual({
      message: 'Some records could not be migrated; trying again at the next start',
      fields: { migrated: 0, failed: 149, err: expect.objectContaining({ code: 'VERSION_UNKNOWN' }) },
    });
    isBroken = false;
    await started(moody);
    await node.quiet();
    expect(isDone()).toBe(true);
  });
});

describe('An actor that is in the middle of something when its migration comes', () => {
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  let node: TestNode;

  async function upgraded(): Promise<TestNode> {
    const next = await node.restarted({ definitions: [job2] });
    migrateBacklog({ host: next.host, store: next.store, definitions: build2, log: silent });
    await next.quiet();
    return next;
  }

  beforeEach(async () => {
    node = await TestNode.started();
    await node.create('a');
  });

  it('has its timers fire when they are due', async () => {
    await node.command(job('a'), { type: 'remind', afterMs: 60_000 });
    const due = node.clock.now() + 60_000;
    const next = await upgraded();
    await next.pass(60_000);
    expect(await next.context(job('a'))).toMatchObject({ owner: 'the house', reminders: [due] });
    expect(await next.history(job('a'))).toEqual(['create', 'remind', 'migrate', 'reminded']);
  });

  it('goes on asking, takes the answer, and answers the command that waited', async () => {
    node.tell(job('a'), { type: 'work', to: 'job/b' }, { request: 'r1', replyTo: 'somebody' });
    await node.quiet();
    const next = await upgraded();
    expect(next.asked).toEqual(['job/a work#2 → job/b do']);
    next.answer(job('a'), 'work#2', { ok: true });
    await next.quiet();
    expect(next.orphans).toEqual([
      { replyTo: 'somebody', answer: { state: 'idle', total: 0, owner: 'the house', version: 4 } },
    ]);
    const again = await next.command(job('a'), { type: 'work', to: 'job/b' }, { request: 'r1' });
    expect(answerOf(again).body).toMatchObject({ version: 4 });
  });
});
