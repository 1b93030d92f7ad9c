import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf } from '../../runtime/address.ts';
import { type Actor, eventOf, type Input } from '../../runtime/step.ts';
import { takeBothWays } from '../runtime/chart/reference.ts';
import { attempts, inputOf, placements } from './arbitraries/order-inputs.ts';
import { ORDER, placeEvent } from './fixtures/order.ts';
import { command, emptyScene, happen, sceneAfter } from './fixtures/scene.ts';
import { make, moves, ORDERS, skews } from './model/moves.ts';
import { World } from './model/world.ts';

/** Takes a step in the chart that runs and in XState's own interpreter. */
function compare({ definition, record, snapshot, ...actor }: Actor, input: Input, now: number): void {
  const at = Math.max(now, record?.at ?? 0);
  const event = eventOf({ definition, record, snapshot, ...actor }, input, at);
  if (event !== undefined) takeBothWays(definition.machine, snapshot, event);
}

describe("The charts that run are XState's", () => {
  it('whatever is sent to an order', () => {
    fc.assert(
      fc.property(placements, attempts, (placement, tries) => {
        let scene = sceneAfter(emptyScene('order', ORDER), [command(placement)]);
        for (const attempt of tries) {
          const happened = inputOf(attempt, scene);
          if (happened === undefined) continue;
          compare(scene.actor, happened.input, happened.at);
          scene = happen(scene, () => happened).scene;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('whatever the network does to order, coordinator, payment, stock and shipment', () => {
    let steps = 0;
    fc.assert(
      fc.property(skews, moves, (clocks, plan) => {
        const world: World = new World(clocks, ({ address, before, input }) => {
          steps += 1;
          compare(before, input, world.clockOf(address));
        });
        world.command(addressOf('stock', 'A'), { type: 'receive', quantity: 5 });
        world.command(addressOf('stock', 'B'), { type: 'receive', quantity: 3 });
        for (const id of ORDERS) {
          const lines = [
            { sku: 'A', quantity: 3, unitPrice: 250 },
            { sku: 'B', quantity: 2, unitPrice: 100 },
          ];
          world.command(addressOf('order', id), placeEvent({ id, lines }));
        }
        for (const move of plan) make(world, move);
      }),
      { numRuns: 60 },
    );
    expect(steps).toBeGreaterThan(1_000);
  });
});
