import { describe, expect, it } from 'vitest';
import type { Address } from '../../../runtime/address.ts';
import { unpackEntry } from '../../../runtime/journal.ts';
import { MemoryStore } from '../../../runtime/memory/store.ts';
import type { Ask } from '../../../runtime/record.ts';
import type { Stepped } from '../../../runtime/step.ts';
import { stepTrace } from '../../../runtime/trace-context.ts';
import type { Tracing } from '../../../runtime/tracing.ts';
import { HeldStore } from '../fixtures/held-store.ts';
import { job, settled, TestNode } from '../fixtures/node.ts';

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const work = { type: 'work', to: 'job/b' };

/** Writes down the steps that a host tells of: `<address>/<seq>`, what caused them, their own context. */
class Notes implements Tracing {
  readonly ownTrace = stepTrace;
  readonly steps: (readonly [name: string, causedIn: string | undefined, own: string | undefined, takenAt: number])[] =
    [];
  #now = 0;

  now(): number {
    this.#now += 1;
    return this.#now;
  }

  stepped({ actor, entry, causedIn }: Stepped, takenAt: number): void {
    this.steps.push([`${actor.address}/${entry.seq}`, causedIn, entry.trace, takenAt]);
  }

  asked(_from: Address, { trace }: Ask): string | undefined {
    return trace === undefined ? undefined : `asked in ${trace}`;
  }
}

describe('A host that is traced', () => {
  it('tells of a step with the context that it was caused in and its own, once it is on disk', async () => {
    const tracing = new Notes();
    const store = new HeldStore(new MemoryStore());
    store.holds = false;
    const node = await TestNode.started({ store, tracing });
    await node.create('a');
    store.holds = true;
    node.tell(job('a'), work, { trace: PARENT });
    await settled();
    expect(tracing.steps).toHaveLength(1);
    await store.landAll();
    expect(tracing.steps[1]).toEqual(['job/a/2', PARENT, stepTrace(PARENT, job('a'), 2), 2]);
  });

  it("hands the step's own context on with asks, announcements and timers, and keeps it in the journal", async () => {
    const node = await TestNode.started({ tracing: new Notes() });
    await node.create('a', 'b');
    await node.command(job('a'), { type: 'add', amount: 1 }, { trace: PARENT });
    node.tell(job('a'), work, { trace: PARENT });
    await node.command(job('b'), { type: 'remind', afterMs: 10 }, { trace: PARENT });
    const own = (key: string, seq: number) => stepTrace(PARENT, job(key), seq);
    expect(node.announced[0]?.trace).toBe(own('a', 2));
    expect(node.transport.asks[0]?.trace).toBe(`asked in ${own('a', 3)}`);
    await node.clock.pass(10);
    const [fired] = await node.store.history(job('b'), 2, 1);
    expect(unpackEntry(fired?.bytes ?? new Uint8Array()).trace).toBe(stepTrace(own('b', 2), job('b'), 3));
  });

  it('gives a step the same context when it takes it again after a crash', async () => {
    const store = new HeldStore(new MemoryStore());
    store.holds = false;
    const first = await TestNode.started({ store, tracing: new Notes() });
    await first.create('a');
    store.holds = true;
    first.tell(job('a'), work, { trace: PARENT });
    await settled();
    const tracing = new Notes();
    const second = await TestNode.started({ store: store.inner, tracing });
    second.tell(job('a'), work, { trace: PARENT });
    await settled();
    expect(tracing.steps.map(([name, , own]) => [name, own])).toEqual([['job/a/2', stepTrace(PARENT, job('a'), 2)]]);
  });

  it('asks in the same context again after a restart', async () => {
    const node = await TestNode.started({ tracing: new Notes() });
    await node.create('a');
    node.tell(job('a'), work, { trace: PARENT });
    await settled();
    const again = await node.restarted({ tracing: new Notes() });
    await again.quiet();
    expect(again.transport.asks.map(({ trace }) => trace)).toEqual([`asked in ${stepTrace(PARENT, job('a'), 2)}`]);
  });
});

describe('A host that is not traced', () => {
  it('hands the context on as it came', async () => {
    const node = await TestNode.started();
    await node.create('a');
    node.tell(job('a'), work, { trace: PARENT });
    await settled();
    expect(node.transport.asks.map(({ trace }) => trace)).toEqual([PARENT]);
  });
});
