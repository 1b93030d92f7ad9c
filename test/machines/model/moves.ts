import fc from 'fast-check';
import { addressOf, typeOf } from '../../../runtime/address.ts';
import { sensible } from '../arbitraries/sensible-command.ts';
import type { World } from './world.ts';

/** One thing that the world does next. Numbers choose among what there is. */
export type Move =
  | { readonly move: 'deliver' | 'deliverTwice' | 'lose' | 'repeat' | 'wake' | 'restart'; readonly which: number }
  | { readonly move: 'pass'; readonly ms: number }
  /** Nothing arrives for so long that coordinators give up and forget. */
  | { readonly move: 'outage' }
  | { readonly move: 'command'; readonly order: number; readonly first: number; readonly second: number };

export const ORDERS = ['SO-1', 'SO-2'];
/** How long coordinators remember what has ended. */
export const RETENTION_MS = 60_000;

const which = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(30));
function one(move: Exclude<Move['move'], 'pass' | 'outage' | 'command'>): fc.Arbitrary<Move> {
  return fc.record({ move: fc.constant(move), which });
}

export const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.oneof(
    { weight: 40, arbitrary: one('deliver') },
    { weight: 6, arbitrary: one('deliverTwice') },
    { weight: 4, arbitrary: one('lose') },
    { weight: 7, arbitrary: one('repeat') },
    { weight: 7, arbitrary: one('wake') },
    { weight: 2, arbitrary: one('restart') },
    {
      weight: 4,
      arbitrary: fc.record({
        move: fc.constant('pass' as const),
        ms: fc.constantFrom(1, 20, 20, 500, 500, 2_500, 15_000),
      }),
    },
    { weight: 1, arbitrary: fc.constant<Move>({ move: 'outage' }) },
    {
      weight: 12,
      arbitrary: fc.record({
        move: fc.constant('command' as const),
        order: fc.nat(1),
        first: fc.nat(11),
        second: fc.nat(23),
      }),
    },
  ),
  { minLength: 40, maxLength: 160, size: 'max' },
);

/** Clocks of actors on different machines, in ms: apart, but by less than transactions are remembered. */
export const skews = fc.record({
  order: offset(),
  transaction: offset(),
  payment: offset(),
  stock: offset(),
  shipment: offset(),
});

function offset(): fc.Arbitrary<number> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.constantFrom(-20_000, -1_500, -100, 100, 1_500, 20_000));
}

export function make(world: World, move: Move): void {
  switch (move.move) {
    case 'pass':
      return world.pass(move.ms);
    case 'outage':
      return outage(world);
    case 'command':
      return command(world, move);
    case 'repeat': {
      const ask = among(world.asks, move.which);
      if (ask !== undefined) world.repeat(ask);
      return;
    }
    case 'wake':
    case 'restart': {
      const actor = among(world.actors, move.which);
      if (actor !== undefined) world[move.move](actor.address);
      return;
    }
    case 'deliver':
    case 'deliverTwice':
    case 'lose': {
      const packet = among(world.packets, move.which);
      if (packet === undefined) return;
      if (move.move === 'lose') world.lose(packet);
      else world.deliver(packet, move.move === 'deliverTwice');
    }
  }
}

function outage(world: World): void {
  for (const packet of world.packets) world.lose(packet);
  // Once to decide what was undecided, once to give up, once to forget.
  for (let round = 0; round < 3; round += 1) {
    world.pass(RETENTION_MS + 10_000);
    for (const { address } of world.actors) if (typeOf(address) === 'transaction') world.wake(address);
    for (const packet of world.packets) world.lose(packet);
  }
}

function command(world: World, { order, first, second }: Extract<Move, { move: 'command' }>): void {
  const address = addressOf('order', among(ORDERS, order) ?? '');
  const actor = world.actor('order', among(ORDERS, order) ?? '');
  const event = sensible({ actor, now: world.clockOf(address) }, { first, second });
  if (event.type === 'commit') return;
  const token = ['ok', 'ok', 'ok', 'declined', 'silent'][second % 5];
  world.command(address, event.type === 'pay' ? { ...event, method: { provider: 'sandbox', token } } : event);
}

function among<T>(all: readonly T[], choice: number): T | undefined {
  return all[choice % Math.max(1, all.length)];
}

/** The network works again: everything is delivered, asked again, and time passes until nothing is under way. */
export function heal(world: World, isQuiet: () => boolean): void {
  for (let round = 0; round < 60; round += 1) {
    for (let burst = 0; burst < 2_000 && world.packets.length > 0; burst += 1) {
      const packet = world.packets[0];
      if (packet !== undefined) world.deliver(packet);
    }
    if (isQuiet()) return;
    world.pass(5_000);
    for (const { address } of world.actors) world.wake(address);
    for (const ask of world.asks) world.repeat(ask);
  }
}
