import { beforeEach, describe, expect, it } from 'vitest';
import type { Address } from '../../runtime/address.ts';
import { type Announced, GroupCommit, type Pending } from '../../runtime/group-commit.ts';
import { CHAIN_START, hashOf, unpackEntry } from '../../runtime/journal.ts';
import type { Mail } from '../../runtime/mail.ts';
import { MemoryStore } from '../../runtime/memory/store.ts';
import { unpackRecord } from '../../runtime/record.ts';
import { type Actor, newActor, type Stepped, step } from '../../runtime/step.ts';
import { settled } from '../fixtures/stepped-clock.ts';
import { HeldStore } from './fixtures/held-store.ts';
import { job1 } from './fixtures/job.ts';
import { job } from './fixtures/node.ts';
import { command, message, stepped, T0 } from './fixtures/steps.ts';

describe('Group commit', () => {
  let store: HeldStore;
  let commit: GroupCommit;
  let released: string[];
  let written: (readonly Pending[])[];
  let announced: Announced[];
  let before: number[];
  let fenced: (readonly [Address, readonly Mail[]])[];
  let fatal: unknown[];
  const heads = new Map<Address, Uint8Array>();
  const actors = new Map<string, Actor>();

  beforeEach(() => {
    store = new HeldStore(new MemoryStore());
    [released, written, announced, before, fenced, fatal] = [[], [], [], [], [], []];
    heads.clear();
    actors.clear();
    commit = new GroupCommit({
      store,
      headOf: (address) => heads.get(address) ?? CHAIN_START,
      setHead: (address, head) => heads.set(address, head),
      onWritten: (pending, news, head) => {
        released.push('written');
        written.push(pending);
        announced.push(...news);
        before.push(head);
      },
      onFenced: (address, mails) => fenced.push([address, mails]),
      onFatal: (error) => fatal.push(error),
    });
  });

  /** The next step of an actor: it is created first, then adds. */
  function next(key: string, event: { readonly type: string } = { type: 'add' }): Stepped {
    const actor = actors.get(key) ?? newActor(job(key), job1, 0);
    const isNew = actor.record === null && event.type === 'add';
    const result = stepped(step(actor, command(isNew ? { type: 'create' } : { amount: 1, ...event }), T0));
    actors.set(key, result.actor);
    return result;
  }

  function add(key: string, name: string, mail?: Mail): void {
    commit.add(next(key), mail, () => released.push(name));
  }

  const mail = (cause: string): Mail => ({
    kind: 'message',
    input: { kind: 'message', event: { type: 'do' }, cause },
    answer: () => {},
  });

  it('releases after the write, first the news of the write, then in the order of the steps', async () => {
    add('a', 'a1');
    add('b', 'b1');
    add('a', 'a2');
    commit.flush();
    await settled();
    expect(released).toEqual([]);
    await store.land();
    expect(released).toEqual(['written', 'a1', 'a2', 'b1']);
  });

  it('has one write in flight; what comes meanwhile fills the next', async () => {
    add('a', 'a1');
    commit.flush();
    add('a', 'a2');
    commit.flush();
    add('b', 'b1');
    commit.flush();
    await settled();
    expect(store.writes).toHaveLength(1);
    expect(commit.filling).toBe(2);
    await store.land();
    expect(released).toEqual(['written', 'a1']);
    commit.flush();
    await store.land();
    expect(store.writes.map((writes) => writes.map(({ address }) => address))).toEqual([['job/a'], ['job/a', 'job/b']]);
    expect(released).toEqual(['written', 'a1', 'written', 'a2', 'b1']);
  });

  it('writes an actor once for many steps: its last record, and an entry for each, chained', async () => {
    for (let nth = 0; nth < 5; nth += 1) add('a', `a${nth}`);
    commit.flush();
    await store.landAll();
    const [write] = store.writes[0] ?? [];
    expect(store.writes[0]).toHaveLength(1);
    expect(write?.expectedRevision).toBe(0);
    expect(write?.entries.map(({ seq, announcements }) => [seq, announcements])).toEqual([
      [1, 0],
      [2, 1],
      [3, 1],
      [4, 1],
      [5, 1],
    ]);
    expect(unpackRecord(write?.record ?? new Uint8Array())).toMatchObject({ seq: 5, context: { total: 4 } });
    let head = CHAIN_START;
    for (const { bytes } of write?.entries ?? []) {
      expect(Buffer.compare(unpackEntry(bytes).previous, head)).toBe(0);
      head = hashOf(bytes);
    }
    expect(write?.head).toEqual(head);
  });

  it('chains on from one write to the next', async () => {
    add('a', 'a1');
    commit.flush();
    add('a', 'a2');
    await store.landAll();
    commit.flush();
    await store.landAll();
    const [first, second] = store.writes.flat();
    expect(second?.expectedRevision).toBe(1);
    expect(
      Buffer.compare(unpackEntry(second?.entries[0]?.bytes ?? new Uint8Array()).previous, first?.head ?? CHAIN_START),
    ).toBe(0);
  });

  it('tells with each write what was announced, each with its place, and the head of the feed before it', async () => {
    add('a', 'a1');
    add('a', 'a2');
    add('b', 'b1');
    add('b', 'b2');
    commit.flush();
    await store.landAll();
    add('a', 'a3');
    commit.flush();
    await store.landAll();
    expect(announced.map(({ address, seq, index }) => `${address}/${seq}/${index}`)).toEqual([
      'job/a/2/0',
      'job/b/2/0',
      'job/a/3/0',
    ]);
    expect(before).toEqual([0, 4]);
  });

  it('says under which moments an actor wants to wake: always when it waits, and at its next timer', async () => {
    add('a', 'a1');
    commit.add(next('a', { type: 'remind', afterMs: 500 } as never), undefined, () => {});
    add('b', 'b1');
    commit.add(next('b', { type: 'work', to: 'job/x' } as never), undefined, () => {});
    add('c', 'c1');
    commit.flush();
    await store.landAll();
    expect(store.writes[0]?.map(({ facets }) => facets.wakes)).toEqual([[T0 + 500], [0, T0 + 60_000], []]);
  });

  it('deletes the record of an actor that has ended, unless it comes back in the same batch', async () => {
    for (const key of ['a', 'b']) {
      add(key, key);
      const ended = next(key, { type: 'quit' });
      commit.add(ended, undefined, () => {});
      actors.set(key, newActor(job(key), job1, ended.actor.seq));
    }
    add('b', 'b again');
    commit.flush();
    await store.landAll();
    expect(store.writes[0]?.map(({ record }) => record === null)).toEqual([true, false]);
    expect(store.writes[0]?.[0]?.facets).toEqual({ counts: [], listing: null, wakes: [] });
    expect(store.read(job('b'))?.revision).toBe(3);
  });

  it('does at once what waits for nothing, and what waits for a step after it', async () => {
    const when = (name: string) => commit.whenSynced(job('a'), undefined, () => released.push(name));
    when('nothing');
    add('a', 'a1');
    when('a1 is filling');
    commit.flush();
    when('a1 is flying');
    add('a', 'a2');
    when('a2 is filling');
    expect(released).toEqual(['nothing']);
    await store.landAll();
    expect(released).toEqual(['nothing', 'written', 'a1', 'a1 is filling', 'a1 is flying']);
    commit.flush();
    await store.landAll();
    expect(released.slice(5)).toEqual(['written', 'a2', 'a2 is filling']);
    expect(commit.isDirty(job('a'))).toBe(false);
  });

  it('knows which actors are not on disk', async () => {
    add('a', 'a1');
    expect([commit.isDirty(job('a')), commit.isDirty(job('b')), commit.isIdle]).toEqual([true, false, false]);
    commit.flush();
    expect(commit.isDirty(job('a'))).toBe(true);
    await store.landAll();
    expect([commit.isDirty(job('a')), commit.isIdle]).toEqual([false, true]);
  });

  it('gives back the mail of an actor that somebody else has written, in its order, and releases the others', async () => {
    await store.inner.write([
      {
        address: job('a'),
        expectedRevision: 0,
        record: new Uint8Array(1),
        head: new Uint8Array(16),
        facets: { counts: [], listing: null, wakes: [] },
        entries: [{ seq: 1, bytes: new Uint8Array(1), announcements: 0 }],
      },
    ]);
    const mails = ['1', '2', '3', '4'].map(mail) as [Mail, Mail, Mail, Mail];
    add('a', 'a1', mails[0]);
    commit.whenSynced(job('a'), mails[1], () => released.push('read'));
    add('b', 'b1', mail('b'));
    commit.flush();
    add('a', 'a2', mails[2]);
    commit.whenSynced(job('a'), mails[3], () => released.push('read'));
    add('c', 'c1', mail('c'));
    commit.flush();
    await store.land();
    expect(fenced).toEqual([[job('a'), mails]]);
    expect(released).toEqual(['written', 'b1']);
    expect(written[0]?.map(({ address }) => address)).toEqual(['job/b']);
    commit.flush();
    await store.land();
    expect(store.writes[1]?.map(({ address }) => address)).toEqual(['job/c']);
    expect(announced).toEqual([]);
  });

  it('releases nothing once a write has failed, nor writes again', async () => {
    add('a', 'a1');
    commit.flush();
    add('b', 'b1');
    await settled();
    await store.fail(new Error('the disk is full'));
    commit.flush();
    commit.whenSynced(job('c'), undefined, () => released.push('c'));
    await settled();
    expect(fatal).toEqual([new Error('the disk is full')]);
    expect(released).toEqual([]);
    expect(store.writes).toHaveLength(1);
    await commit.idle();
  });

  it('takes a record that cannot be packed for a failed write: our own bug, and nothing of it leaves', async () => {
    const result = next('a');
    const broken = { ...result, entry: { ...result.entry, at: 1n as unknown as number, announcements: null as never } };
    commit.add(broken, undefined, () => released.push('a1'));
    commit.flush();
    await settled();
    expect(fatal).toHaveLength(1);
    expect(released).toEqual([]);
  });

  it('is idle when everything has been written, what is still filling included', async () => {
    let isIdle = false;
    add('a', 'a1');
    commit.flush();
    add('b', 'b1');
    const idle = commit.idle().then(() => {
      isIdle = true;
    });
    await settled();
    await store.land();
    expect(isIdle).toBe(false);
    await store.land();
    await idle;
    expect(released).toEqual(['written', 'a1', 'written', 'b1']);
    await commit.idle();
  });

  it('has nothing to do with a message that changed nothing', () => {
    expect(step(newActor(job('a'), job1, 0), message({ type: 'peek' }), T0).kind).toBe('replied');
    commit.flush();
    expect(store.writes).toEqual([]);
  });
});
