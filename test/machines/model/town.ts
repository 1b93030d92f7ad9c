import type { OrderContext } from '../../../machines/order/order-context.ts';
import type { TransactionContext } from '../../../machines/transaction/transaction-context.ts';
import { addressOf, typeOf } from '../../../runtime/address.ts';
import { placeEvent } from '../fixtures/order.ts';
import { type Packet, type Tried, World } from './world.ts';

/** A world with ten units of A and of B on the shelves. */
export function stocked(watch: (tried: Tried) => void = () => {}, skews: Readonly<Record<string, number>> = {}): World {
  const world = new World(skews, watch);
  for (const sku of ['A', 'B']) world.command(addressOf('stock', sku), { type: 'receive', quantity: 10 });
  return world;
}

export function placed(world: World, id: string): void {
  world.command(addressOf('order', id), placeEvent({ id }));
}

export function commanded(world: World, id: string, type: string, body: Readonly<Record<string, unknown>> = {}): void {
  const result = world.command(addressOf('order', id), { type, ...body });
  if (result.kind !== 'stepped') throw new Error(`${id} refuses ${type}: ${JSON.stringify(result)}`);
}

/** Delivers whatever is under way, and what comes of it; what is held back stays under way. */
export function deliverAll(world: World, isHeldBack: (packet: Packet) => boolean = () => false): void {
  for (let packet = next(world, isHeldBack); packet !== undefined; packet = next(world, isHeldBack)) {
    world.deliver(packet);
  }
}

function next({ packets }: World, isHeldBack: (packet: Packet) => boolean): Packet | undefined {
  return packets.find((packet) => !isHeldBack(packet));
}

/** Messages of these types, to a type of actor. */
export function messages(to: string, ...types: readonly string[]): (packet: Packet) => boolean {
  return (packet) =>
    packet.kind === 'message' && typeOf(packet.ask.to as never) === to && types.includes(packet.ask.event.type);
}

export function orderOf(world: World, id: string): OrderContext {
  return world.actor('order', id).snapshot.context as OrderContext;
}

export function coordinatorOf(world: World, id: string): { readonly state: string } & TransactionContext {
  const { value, context } = world.actor('transaction', id).snapshot;
  return { ...(context as TransactionContext), state: String(value) };
}
