import { beforeEach, describe, expect, it } from 'vitest';
import { type Address, encodeAddress } from '../../runtime/address.ts';
import { Alarm } from '../../runtime/alarm.ts';
import { MemoryStore } from '../../runtime/memory/store.ts';
import { SteppedClock, settled } from '../fixtures/stepped-clock.ts';
import { job, TestNode } from './fixtures/node.ts';
import { StoreProxy } from './fixtures/store-proxy.ts';

const DAY_MS = 86_400_000;

describe('The alarm', () => {
  let clock: SteppedClock;
  let start: number;
  let store: StoreProxy;
  let woken: string[];
  let alarm: Alarm;
  const fatal: unknown[] = [];
  const revisions = new Map<Address, number>();

  beforeEach(() => {
    clock = new SteppedClock();
    start = clock.now();
    store = new StoreProxy(new MemoryStore());
    woken = [];
    fatal.length = 0;
    revisions.clear();
    alarm = newAlarm();
  });

  function newAlarm(): Alarm {
    return new Alarm({
      store,
      clock,
      wake: async (address) => {
        woken.push(`${clock.now() - start} ${encodeAddress(address)}`);
        // What has fired is over.
        await wantsToWake(address, []);
      },
      onFatal: (error) => fatal.push(error),
    });
  }

  /** Puts an actor on disk that wants to wake at these moments, counted from the start. */
  async function wantsToWake(address: Address, afterMs: readonly number[]): Promise<void> {
    const expectedRevision = revisions.get(address) ?? 0;
    revisions.set(address, expectedRevision + 1);
    await store.write([
      {
        address,
        expectedRevision,
        record: new Uint8Array(1),
        head: new Uint8Array(16),
        facets: { counts: [], listing: null, wakes: afterMs.map((ms) => (ms === 0 ? 0 : start + ms)) },
        entries: [{ seq: expectedRevision + 1, bytes: new Uint8Array(1), announcements: 0 }],
      },
    ]);
  }

  async function expectWake(address: Address, afterMs: number): Promise<void> {
    await wantsToWake(address, [afterMs]);
    alarm.expect(start + afterMs);
  }

  it('wakes an actor at its time, not before', async () => {
    await alarm.recover();
    await expectWake(job('a'), 1_000);
    await clock.pass(999);
    expect(woken).toEqual([]);
    await clock.pass(1);
    expect(woken).toEqual(['1000 job/a']);
  });

  it('wakes the earliest first, in whatever order it is told of them', async () => {
    await alarm.recover();
    for (const [key, afterMs] of [
      ['c', 3_000],
      ['a', 1_000],
      ['b', 2_000],
    ] as const) {
      await expectWake(job(key), afterMs);
    }
    await clock.pass(10_000);
    expect(woken).toEqual(['1000 job/a', '2000 job/b', '3000 job/c']);
  });

  it('has one thing planned, however many want to wake', async () => {
    await alarm.recover();
    for (let nth = 0; nth < 100; nth += 1) await expectWake(job(`k${nth}`), 1_000 + nth);
    expect(clock.planned).toHaveLength(1);
  });

  it('waits longer than Node can', async () => {
    await alarm.recover();
    await expectWake(job('a'), 400 * DAY_MS);
    await clock.pass(399 * DAY_MS);
    expect(woken).toEqual([]);
    await clock.pass(DAY_MS);
    expect(woken).toEqual([`${400 * DAY_MS} job/a`]);
  });

  it('finds again after a restart what it had been told of, due ones first, then those that always want to wake', async () => {
    await wantsToWake(job('later'), [5_000]);
    await wantsToWake(job('asks'), [0]);
    await wantsToWake(job('due'), [500]);
    clock.set(start + 1_000);
    await alarm.recover();
    expect(woken).toEqual(['1000 job/due', '1000 job/asks']);
    await clock.pass(4_000);
    expect(woken.slice(2)).toEqual(['5000 job/later']);
  });

  it('wakes more actors than it takes in one go, each once', async () => {
    for (let nth = 0; nth < 600; nth += 1) await wantsToWake(job(`k${nth}`), [nth % 2 === 0 ? 0 : 10]);
    clock.set(start + 20);
    await alarm.recover();
    expect(woken).toHaveLength(600);
    expect(new Set(woken).size).toBe(600);
  });

  it('wakes once more those who want it while it is looking', async () => {
    await wantsToWake(job('a'), [1_000]);
    await alarm.recover();
    const first = alarm;
    clock.step();
    await expectWake(job('b'), 1_000);
    await settled();
    while (clock.step(start + 1_001)) await settled();
    expect(first).toBe(alarm);
    expect(woken.sort()).toEqual(['1000 job/a', '1000 job/b']);
  });

  it('does not wake too early when the clock is set back', async () => {
    await alarm.recover();
    await expectWake(job('a'), 1_000);
    clock.set(start - 5_000);
    clock.step();
    await settled();
    clock.set(start - 4_000);
    await settled();
    expect(woken.filter((line) => Number(line.split(' ')[0]) < 1_000)).toEqual([]);
    await clock.pass(6_000);
    expect(woken).toHaveLength(1);
  });

  it('takes a failing store for the end', async () => {
    await alarm.recover();
    await expectWake(job('a'), 1_000);
    store.waking = () => Promise.reject(new Error('the disk is gone'));
    await clock.pass(1_000);
    expect(fatal).toEqual([new Error('the disk is gone')]);
  });

  it('wakes nobody whom it finds only after it has stopped', async () => {
    await alarm.recover();
    await expectWake(job('a'), 1_000);
    let read = () => {};
    const { waking } = store;
    store.waking = async (query) => {
      await new Promise<void>((resolve) => {
        read = resolve;
      });
      return waking.call(store, query);
    };
    await clock.pass(1_000);
    alarm.stop();
    read();
    await settled();
    expect(woken).toEqual([]);
  });

  it('does not mind that the store is closed under a read once it has stopped', async () => {
    await alarm.recover();
    await expectWake(job('a'), 1_000);
    let close = () => {};
    store.waking = () =>
      new Promise((_, reject) => {
        close = () => reject(new Error('closed'));
      });
    await clock.pass(1_000);
    alarm.stop();
    close();
    await settled();
    expect(fatal).toEqual([]);
  });

  it('is silent once it has stopped', async () => {
    await alarm.recover();
    await expectWake(job('a'), 1_000);
    alarm.sweepLater();
    alarm.stop();
    alarm.expect(start + 2_000);
    alarm.sweepLater();
    expect(clock.planned).toEqual([]);
  });

  it('wakes nobody whom it finds only after it was stopped: the store is being closed by then', async () => {
    await wantsToWake(job('late'), [1_000]);
    await alarm.recover();
    clock.step();
    alarm.stop();
    await settled();
    expect(woken).toEqual([]);
  });

  it('brings back after a while those who wait for answers and had to leave memory', async () => {
    await alarm.recover();
    await wantsToWake(job('a'), [0]);
    alarm.sweepLater();
    alarm.sweepLater();
    expect(clock.planned).toHaveLength(1);
    await clock.pass(30_000);
    expect(woken).toEqual(['30000 job/a']);
  });
});

describe('A timer', () => {
  it('of an actor that has left memory fires all the same', async () => {
    const node = await TestNode.started({ activeActors: 1 });
    await node.create('a', 'b');
    await node.command(job('a'), { type: 'remind', afterMs: 40 * DAY_MS });
    const due = node.clock.now() + 40 * DAY_MS;
    await node.create('c');
    expect(node.host.load.actors).toBe(1);
    await node.clock.pass(41 * DAY_MS);
    expect((await node.context(job('a')))?.reminders).toEqual([due]);
  });

  it('that is canceled or moved does not fire at its old time', async () => {
    const node = await TestNode.started();
    const start = node.clock.now();
    await node.create('a', 'b');
    await node.command(job('a'), { type: 'remind', afterMs: 1_000 });
    await node.command(job('b'), { type: 'remind', afterMs: 1_000 });
    await node.command(job('a'), { type: 'forgetReminder' });
    await node.command(job('b'), { type: 'remind', afterMs: 3_000 });
    await node.clock.pass(10_000);
    expect((await node.context(job('a')))?.reminders).toEqual([]);
    expect((await node.context(job('b')))?.reminders).toEqual([start + 3_000]);
  });

  it('that trips over a bug in the machine does not keep others from firing', async () => {
    const node = await TestNode.started();
    await node.create('a', 'b');
    await node.command(job('a'), { type: 'crashLater' });
    await node.command(job('a'), { type: 'remind', afterMs: 10 });
    await node.command(job('b'), { type: 'remind', afterMs: 10 });
    await node.clock.pass(1_000);
    expect((await node.context(job('b')))?.reminders).toHaveLength(1);
    expect((await node.context(job('a')))?.reminders).toHaveLength(1);
    // It is tried again with what is written of its actor, and not without end.
    expect(node.errors).toHaveLength(2);
  });

  it('fires when its time has come by the clock, also if the clock was set back as it was about to', async () => {
    const node = await TestNode.started();
    await node.create('a');
    const start = node.clock.now();
    await node.command(job('a'), { type: 'remind', afterMs: 1_000 });
    node.clock.step();
    node.clock.set(start);
    await node.clock.pass(2_000);
    expect((await node.context(job('a')))?.reminders).toEqual([start + 1_000]);
  });

  it('fires before another of the same actor that is due later, though both have waited for a restart', async () => {
    let node = await TestNode.started();
    await node.create('a');
    const start = node.clock.now();
    node.tell(job('a'), { type: 'work', to: 'job/b' });
    await node.clock.pass(0);
    node.message(job('a'), { type: 'remind', afterMs: 1_000 });
    await node.clock.pass(0);
    node.clock.set(start + 100_000);
    node = await node.restarted();
    await node.quiet();
    expect(await node.history(job('a'))).toEqual([
      'create',
      'work',
      'remind',
      'reminded',
      'xstate.after.patience.job.working',
    ]);
  });

  it('fires at its own time where an actor has several', async () => {
    const node = await TestNode.started();
    await node.create('a');
    const start = node.clock.now();
    await node.command(job('a'), { type: 'remind', afterMs: 2_000 });
    await node.command(job('a'), { type: 'remind', id: 'other', afterMs: 1_000 });
    await node.clock.pass(5_000);
    expect((await node.context(job('a')))?.reminders).toEqual([start + 1_000, start + 2_000]);
  });
});
