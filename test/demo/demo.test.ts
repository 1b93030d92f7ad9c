import { describe, expect, it } from 'vitest';
import type { OrderView } from '../../src/contracts/index.ts';
import { type DemoClock, runDemo } from '../../src/demo/demo.ts';
import { fates, nextMove } from '../../src/demo/fate.ts';
import { seeded } from '../../src/demo/random.ts';
import { type DemoState, initialState, nextAction } from '../../src/demo/scheduler.ts';
import type { OrderService } from '../../src/import/service.ts';
import { FakeService } from '../import/fake-service.ts';

/** A clock that jumps to whatever is waited for, and keeps the times. */
function jumpingClock(): DemoClock & { readonly waits: number[] } {
  let now = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    until: async (time) => {
      waits.push(time - now);
      now = time;
    },
  };
}

async function demo(seed: number, orders: number, service: OrderService = new FakeService()) {
  const lines: string[] = [];
  const clock = jumpingClock();
  const options = { intervalMs: 500, stop: new AbortController().signal, random: seeded(seed), clock };
  const state = await runDemo(initialState('r', orders), service, { ...options, say: (line) => lines.push(line) });
  return { lines, state, clock, service };
}

async function ordersOf(service: OrderService): Promise<OrderView[]> {
  const views: OrderView[] = [];
  const span = { from: '0', to: '9' };
  for await (const { id } of service.listOrders(span)) {
    const view = await service.getOrder(id);
    if (view !== undefined) views.push(view);
  }
  return views;
}

describe('the demo', () => {
  it.each([1, 2, 3])('sees every order it places to the end of its fate (seed %i)', async (seed) => {
    const { state, service } = await demo(seed, 60);
    expect(state.live.size).toBe(0);
    const views = await ordersOf(service);
    expect(views).toHaveLength(60);
    expect(views.filter((view) => view.status !== 'completed' && view.status !== 'canceled')).toEqual([]);
  });

  it('shows all that can happen: declined payments, cancels, several parcels, failed and lost ones, returns, refunds', async () => {
    const { lines, service } = await demo(4, 120);
    const views = await ordersOf(service);
    const parcels = views.map((view) => view.fulfillment.parcels);
    expect(lines.some((line) => /pay +refused: PAYMENT_DECLINED/.test(line))).toBe(true);
    expect(lines.some((line) => /cancel +sold out/.test(line))).toBe(true);
    expect(lines.some((line) => / on account/.test(line))).toBe(true);
    expect(views.some((view) => view.status === 'canceled' && view.payment.refunded > 0)).toBe(true);
    expect(parcels.some((each) => each.length > 1)).toBe(true);
    expect(parcels.some((each) => each.some((parcel) => parcel.attempts > 0))).toBe(true);
    expect(parcels.some((each) => each.some((parcel) => parcel.status === 'lost'))).toBe(true);
    expect(views.some((view) => view.lines.some((line) => line.returned > 0))).toBe(true);
    expect(views.some((view) => view.payment.refunded > 0 && view.lines.every((line) => line.returned === 0))).toBe(
      true,
    );
  });

  it('says one line for each happening, at a steady rate', async () => {
    const { lines, clock } = await demo(5, 10);
    expect(clock.waits).toHaveLength(lines.length - 1);
    expect(new Set(clock.waits)).toEqual(new Set([500]));
    expect(lines.at(-1)).toBe('Every order has met its fate.');
  });

  it('is the same again with the same seed', async () => {
    expect((await demo(6, 20)).lines).toEqual((await demo(6, 20)).lines);
  });

  it('ends at once when it is stopped', async () => {
    const stop = new AbortController();
    const lines: string[] = [];
    const say = (line: string): void => {
      lines.push(line);
      if (lines.length === 30) stop.abort();
    };
    const options = { intervalMs: 1, stop: stop.signal, random: seeded(7), clock: jumpingClock(), say };
    await runDemo(initialState('r'), new FakeService(), options);
    expect(lines).toHaveLength(30);
  });

  it('leaves an order alone that is refused for a reason its fate does not know, and goes on', async () => {
    const service = new FakeService();
    service.abortOnce('demo/DEMO-r-1/place', 'RESOLVED');
    const { lines, state } = await demo(8, 5, service);
    expect(lines.some((line) => /place +refused: RESOLVED/.test(line))).toBe(true);
    expect(state).toMatchObject({ placed: 5 });
    expect(await ordersOf(service)).toHaveLength(4);
  });
});

describe('the demo scheduler', () => {
  it('fills the shelves before it places anything', () => {
    expect(nextAction(initialState('r'), seeded(1))).toMatchObject({ do: 'receive' });
  });

  it('ends when there is nothing to place and nobody to move', () => {
    expect(nextAction(initialState('r', 0), seeded(1))).toEqual({ do: 'end' });
  });

  it('changes no state that it is given', async () => {
    const before: DemoState = initialState('r', 3);
    const copy = structuredClone(before);
    const { lines } = await demo(9, 3);
    expect(lines.length).toBeGreaterThan(3);
    nextAction(before, seeded(2));
    expect(before).toEqual(copy);
  });

  it.each([...new Set(fates)])('has nothing more to do with a canceled order of the fate %s', async (fate) => {
    const service = new FakeService();
    const fees = [{ code: 'X', amount: 1 }];
    await service.command('place', 'o', { customer: 'c', currency: 'EUR', fees }, 'a');
    const canceled = await service.command('cancel', 'o', {}, 'b');
    expect(nextMove(fate, canceled, [])).toBeUndefined();
  });
});
