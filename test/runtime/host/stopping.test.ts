import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../runtime/memory/store.ts';
import { HeldStore } from '../fixtures/held-store.ts';
import { job, settled, TestNode } from '../fixtures/node.ts';

describe('stop()', () => {
  let store: HeldStore;
  let node: TestNode;
  let stopped: boolean;
  let isAllAnswered: boolean | undefined;

  beforeEach(async () => {
    store = new HeldStore(new MemoryStore());
    store.holds = false;
    node = await TestNode.started({ store });
    await node.create('a', 'b');
    stopped = false;
  });

  async function stop(graceMs: number): Promise<void> {
    isAllAnswered = await node.host.stop(graceMs);
    stopped = true;
  }

  it('takes no more commands', async () => {
    const stopping = stop(1_000);
    expect(await node.command(job('a'), { type: 'add', amount: 1 })).toEqual({ kind: 'stopping' });
    await stopping;
    expect(await node.command(job('a'), { type: 'add', amount: 1 })).toEqual({ kind: 'stopping' });
  });

  it('finishes what is under way: mail that waits, and the write that is in flight', async () => {
    store.holds = true;
    const told = node.tell(job('a'), { type: 'add', amount: 1 });
    const stopping = stop(1_000);
    await settled();
    expect(stopped).toBe(false);
    await store.landAll();
    await stopping;
    expect(told.outcome?.kind).toBe('answered');
    expect(node.transport.isOpen).toBe(false);
  });

  it('waits for transactions to settle, whose messages still go through', async () => {
    const told = node.tell(job('a'), { type: 'work', to: 'job/b' });
    await settled();
    const stopping = stop(60_000);
    await settled();
    expect(stopped).toBe(false);
    node.answer(job('a'), 'work#2', { ok: true });
    await settled();
    await stopping;
    expect(told.outcome?.kind).toBe('answered');
    expect(isAllAnswered).toBe(true);
  });

  it('waits for them no longer than it was told; they go on after the next start', async () => {
    const told = node.tell(job('a'), { type: 'work', to: 'job/b' }, { request: 'r1' });
    await settled();
    const stopping = stop(5_000);
    await node.clock.pass(5_000);
    await stopping;
    expect(told.outcome).toBeUndefined();
    expect(isAllAnswered).toBe(false);
    const next = await node.restarted();
    expect(next.asked).toEqual(['job/a work#2 → job/b do']);
  });

  it('leaves nothing planned that would keep the process alive', async () => {
    store.holds = true;
    node.tell(job('a'), { type: 'work', to: 'job/b' });
    node.tell(job('b'), { type: 'remind', afterMs: 1_000 });
    await settled();
    const stopping = stop(5_000);
    await node.clock.pass(5_000);
    expect(stopped).toBe(false);
    await store.landAll();
    await stopping;
    await settled();
    expect(node.clock.planned).toEqual([]);
  });

  it('is done at once when nothing is under way', async () => {
    await stop(60_000);
    expect(node.clock.planned).toEqual([]);
  });
});
