import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrderContext } from '../../machines/order/order-context.ts';
import { addressOf } from '../../runtime/address.ts';
import { placeEvent, settings } from './fixtures/order.ts';
import { ledgerBreaches } from './invariants/order-ledger.ts';
import { Atomicity } from './model/atomicity.ts';
import { contexts, discords, unsettled } from './model/harmony.ts';
import { heal, type Move, make, moves, ORDERS, RETENTION_MS, skews } from './model/moves.ts';
import { World } from './model/world.ts';

const RUNS = { numRuns: 200 };

/** Two orders, one of them on account, that want the same articles; not all that they want is there. */
function opened(clocks: Readonly<Record<string, number>>, atomicity: Atomicity): World {
  const world = new World(clocks, atomicity.watch);
  world.command(addressOf('stock', 'A'), { type: 'receive', quantity: 5 });
  world.command(addressOf('stock', 'B'), { type: 'receive', quantity: 3 });
  const terms = ['prepaid', 'invoice'] as const;
  for (const [index, id] of ORDERS.entries()) {
    const place = placeEvent({
      id,
      terms: terms[index] ?? 'prepaid',
      lines: [
        { sku: 'A', quantity: 3, unitPrice: 250 },
        { sku: 'B', quantity: 2, unitPrice: 100 },
      ],
      settings: settings({
        paymentWindowMs: null,
        receiptWindowMs: null,
        returnWindowMs: null,
        retentionMs: RETENTION_MS,
      }),
    });
    world.command(addressOf('order', id), place);
  }
  return world;
}

function play(clocks: Readonly<Record<string, number>>, plan: readonly Move[], atomicity: Atomicity): World {
  const world = opened(clocks, atomicity);
  for (const move of plan) make(world, move);
  return world;
}

describe('Order, coordinator, payment, stock and shipment, under loss, repetition, reordering, skew and forgetting', () => {
  it('rules 1–14: no two of them ever end a transaction differently, or end it twice', () => {
    fc.assert(
      fc.property(skews, moves, (clocks, plan) => {
        const atomicity = new Atomicity();
        const world = play(clocks, plan, atomicity);
        heal(world, () => unsettled(world).length === 0);
        expect(atomicity.breaches).toEqual([]);
      }),
      RUNS,
    );
  });

  it('rules 2, 3 and 9: once the network works again everything settles, and money and goods add up', () => {
    fc.assert(
      fc.property(skews, moves, (clocks, plan) => {
        const world = play(clocks, plan, new Atomicity());
        heal(world, () => unsettled(world).length === 0);
        expect(unsettled(world)).toEqual([]);
        expect(discords(world)).toEqual([]);
        expect(contexts<OrderContext>(world, 'order').flatMap(ledgerBreaches)).toEqual([]);
      }),
      RUNS,
    );
  });
});
