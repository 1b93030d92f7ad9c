import { beforeEach, describe, expect, it } from 'vitest';
import { type Active, ActiveActors, activate, activeOf, headBytes } from '../../runtime/activation.ts';
import type { Address } from '../../runtime/address.ts';
import type { Definition } from '../../runtime/definition.ts';
import { CHAIN_START } from '../../runtime/journal.ts';
import { MemoryStore } from '../../runtime/memory/store.ts';
import { type ActorRecord, packRecord, unpackRecord } from '../../runtime/record.ts';
import { newActor, step } from '../../runtime/step.ts';
import { job1 } from './fixtures/job.ts';
import { job } from './fixtures/node.ts';
import { command, given, stepped, T0 } from './fixtures/steps.ts';

const HEAD = Buffer.from('0123456789abcdef');
const registered = (definition: Definition) => new Map([[definition.type, definition]]);

describe('Bringing an actor into memory', () => {
  let store: MemoryStore;

  beforeEach(() => {
    store = new MemoryStore();
  });

  async function stored(record: ActorRecord | null, seq = record?.seq ?? 1): Promise<void> {
    await store.write([
      {
        address: job('a'),
        expectedRevision: 0,
        record: record === null ? null : packRecord(record),
        head: HEAD,
        facets: { counts: [], listing: null, wakes: [] },
        entries: Array.from({ length: seq }, (_, nth) => ({ seq: nth + 1, bytes: HEAD, announcements: 0 })),
      },
    ]);
  }

  function recordOf(changes: Partial<ActorRecord> = {}): ActorRecord {
    const { record } = given(command({ type: 'work', to: 'job/b' }, 'r1'));
    if (record === null) throw new Error('It has no record.');
    return { ...record, ...changes };
  }

  const activated = (definition = job1) => activate(store, registered(definition), job('a'), T0 + 9);

  it('that never was begins a new one, and writes nothing', () => {
    const { active, migration } = activated();
    expect(migration).toBeUndefined();
    expect(headBytes(active.head)).toEqual(Buffer.from(CHAIN_START));
    expect(active.actor).toMatchObject({ record: null, seq: 0 });
  });

  it('that was forgotten begins a new one that counts and chains on', async () => {
    await stored(null, 3);
    const { active } = activated();
    expect(active.actor).toMatchObject({ record: null, seq: 3 });
    expect(headBytes(active.head)).toEqual(HEAD);
  });

  it('gives back what it was, and goes on as if nothing had happened', async () => {
    const before = given(command({ type: 'work', to: 'job/b' }, 'r1'));
    await stored(recordOf());
    const { active, migration } = activated();
    expect(migration).toBeUndefined();
    expect(active.actor.record).toEqual(before.record);
    const input = { kind: 'answer', ask: 'work', seq: 2, answer: { ok: true }, cause: 'answer' } as const;
    const after = stepped(step(active.actor, input, T0 + 10));
    expect(after.entry).toEqual(stepped(step(before, input, T0 + 10)).entry);
    expect(after.actor.snapshot.value).toBe('idle');
  });

  it('of a type that nobody has registered is refused', () => {
    expect(() => activate(store, registered(job1), 'pet/Rex' as Address, T0)).toThrow('No machine is registered for');
  });

  it.each<[string, Partial<ActorRecord>, Partial<Definition>]>([
    ['another machine', { machine: 'pet' }, {}],
    ['an older version without a way to this one', { version: 1 }, { version: 2 }],
    ['an older version that its migration gives up', { version: 1 }, { version: 2, migrate: () => undefined }],
    ['a newer version', { version: 2 }, { migrate: (snapshot) => snapshot }],
    ['a state that the machine does not have', { value: 'flying' }, {}],
    ['a state within a state that has none', { value: { idle: 'deep' } }, {}],
    ['no state', { value: {} }, {}],
    ['two states', { value: { idle: 'a', working: 'b' } }, {}],
  ])('is refused for a record of %s: nothing is restored on a guess', async (_what, record, definition) => {
    await stored(recordOf(record));
    expect(() => activated({ ...job1, ...definition })).toThrow(expect.objectContaining({ code: 'VERSION_UNKNOWN' }));
    expect(store.read(job('a'))?.revision).toBe(2);
  });

  describe('from an older version', () => {
    const job2: Definition = {
      ...job1,
      version: 3,
      migrate: ({ value, context }, from) => ({ value, context: { ...context, owner: `from ${from}` } }),
    };

    it('is a step of its own: a journal entry that holds the whole new record', async () => {
      await stored(recordOf());
      const { active, migration } = activated(job2);
      const record = active.actor.record;
      expect(record).toMatchObject({ version: 3, seq: 3, at: T0 + 9, context: { owner: 'from 1' } });
      expect(migration?.entry).toMatchObject({
        seq: 3,
        at: T0 + 9,
        event: { type: 'migrate', from: 1, to: 3 },
        from: 'working',
        to: 'working',
      });
      const { expired: _expired, ...rest } = unpackRecord(migration?.entry.record ?? HEAD);
      expect(record).toMatchObject(rest);
    });

    it('keeps asks, timers, requests and those who wait', async () => {
      const before = recordOf();
      await stored(before);
      const { asks, timers, waiting, requests } = before;
      expect(activated(job2).active.actor.record).toMatchObject({ asks, timers, waiting, requests });
    });

    it('does not go back in time', async () => {
      await stored(recordOf({ at: T0 + 100 }));
      expect(activated(job2).active.actor.record?.at).toBe(T0 + 100);
    });
  });
});

describe('The actors in memory', () => {
  let actors: ActiveActors;
  const stopped: string[] = [];
  const nobody = () => false;

  function active(key: string, isWaiting = false): Active {
    const actor = isWaiting ? given(command({ type: 'work', to: 'job/b' })) : newActor(job(key), job1, 0);
    return {
      ...activeOf({ ...actor, address: job(key) }, CHAIN_START),
      stopRepeating: () => stopped.push(key),
    };
  }

  beforeEach(() => {
    stopped.length = 0;
    actors = new ActiveActors(2);
    for (const key of ['a', 'b', 'c']) actors.add(active(key));
  });

  const keys = () => [...actors.values()].map(({ actor }) => actor.address);

  it('leave it least recently used first, as many as there are too many', () => {
    actors.touch(job('a'));
    actors.passivate(nobody);
    expect(keys()).toEqual(['job/c', 'job/a']);
  });

  it('stay when they are needed, even if that is too many', () => {
    actors.passivate((address) => address !== job('b'));
    expect(keys()).toEqual(['job/a', 'job/c']);
    actors.add(active('d'));
    expect(actors.passivate(() => true)).toBe(0);
    expect(actors.size).toBe(3);
  });

  it('stay when there is room', () => {
    actors.remove(job('a'));
    expect(actors.passivate(nobody)).toBe(0);
    expect(actors.size).toBe(2);
  });

  it('stop asking when they leave, and those who still wait for an answer are counted', () => {
    actors = new ActiveActors(0);
    actors.add(active('a'));
    actors.add(active('b', true));
    expect(actors.passivate(nobody)).toBe(1);
    expect(stopped).toEqual(['a', 'b']);
    expect(actors.size).toBe(0);
  });

  it('are looked up without being used, and touched to be used', () => {
    expect(actors.get(job('a'))?.actor.address).toBe('job/a');
    expect(keys()[0]).toBe('job/a');
    expect(actors.touch(job('a'))?.actor.address).toBe('job/a');
    expect(keys()[0]).toBe('job/b');
    expect(actors.touch(job('nobody'))).toBeUndefined();
  });
});
