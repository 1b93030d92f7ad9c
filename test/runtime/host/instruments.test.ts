import { describe, expect, it } from 'vitest';
import type { Instruments } from '../../../runtime/instruments.ts';
import { MAILBOX_LIMITS } from '../../../runtime/mailbox.ts';
import { MemoryStore } from '../../../runtime/memory/store.ts';
import { HeldStore } from '../fixtures/held-store.ts';
import { job, settled, TestNode } from '../fixtures/node.ts';

/** Writes down what a host tells. */
class Notes implements Instruments {
  readonly batches: (readonly [actors: number, steps: number])[] = [];
  readonly repeated: string[] = [];
  readonly late: number[] = [];
  dropped = 0;

  batchWritten(actors: number, steps: number, ms: number): void {
    if (!(ms >= 0)) throw new Error(`A write took ${ms} ms.`);
    this.batches.push([actors, steps]);
  }

  askRepeated(to: string): void {
    this.repeated.push(to);
  }

  timerFired(lateMs: number): void {
    this.late.push(lateMs);
  }

  mailDropped(): void {
    this.dropped += 1;
  }
}

describe('A host tells', () => {
  it('how many actors and steps shared a batch, once it is on disk', async () => {
    const instruments = new Notes();
    const store = new HeldStore(new MemoryStore());
    store.holds = false;
    const node = await TestNode.started({ store, instruments });
    await node.create('a', 'b');
    store.holds = true;
    node.tell(job('a'), { type: 'add', amount: 1 });
    node.tell(job('a'), { type: 'add', amount: 2 });
    node.tell(job('b'), { type: 'add', amount: 3 });
    await settled();
    expect(instruments.batches).toEqual([[2, 2]]);
    await store.landAll();
    expect(instruments.batches).toEqual([
      [2, 2],
      [2, 3],
    ]);
  });

  it('of an ask that it sends again, not of the first time', async () => {
    const instruments = new Notes();
    const node = await TestNode.started({ instruments });
    await node.create('a');
    node.tell(job('a'), { type: 'work', to: 'service:psp' });
    await settled();
    expect(instruments.repeated).toEqual([]);
    await node.clock.pass(2_000);
    expect(instruments.repeated).toEqual(['service:psp']);
  });

  it('of a timer, and how late it fired', async () => {
    const instruments = new Notes();
    const node = await TestNode.started({ instruments });
    await node.create('a');
    await node.command(job('a'), { type: 'remind', afterMs: 1_000 });
    await node.clock.pass(1_000);
    expect(instruments.late).toEqual([0]);
    await node.command(job('a'), { type: 'remind', afterMs: 1_000 });
    node.clock.set(node.clock.now() + 5_000);
    await node.clock.pass(0);
    expect(instruments.late).toEqual([0, 4_000]);
  });

  it('of a protocol message that it had no room for', async () => {
    const instruments = new Notes();
    const node = await TestNode.started({ instruments, mailboxLimits: { ...MAILBOX_LIMITS, messages: 2 } });
    for (let nth = 0; nth < 5; nth += 1) node.message(job('a'), { type: 'peek' });
    expect(instruments.dropped).toBe(3);
    await settled();
  });

  it('how often an actor was in memory when it was wanted', async () => {
    const node = await TestNode.started();
    await node.create('a');
    await node.command(job('a'), { type: 'add', amount: 1 });
    expect(node.host.load).toMatchObject({ actors: 1, lookups: { hits: 1, misses: 1 } });
  });
});
