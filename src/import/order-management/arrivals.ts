import { ImportError } from '../errors.ts';
import type { Item, OrderLog } from './log.ts';

/** Pieces of one product that come onto the shelf, all at the same moment of the replay. */
export type Arrival = {
  readonly product: string;
  readonly quantity: number;
  /** The log's `reorder item` that brings the piece; undefined for goods that the log does not tell of. */
  readonly reorder: { readonly id: string; readonly employee: string } | undefined;
};

/** Arrivals by the moment: the position of the event that they follow; -1 for those before the first event. */
export type Arrivals = ReadonlyMap<number, readonly Arrival[]>;

/** Before the first event. */
export const AT_THE_START = -1;

/**
 * Decides when each piece comes onto the shelf, so that the shelf is empty whenever the log finds a product missing.
 *
 * The log takes a piece off the shelf when it is picked; an order on account takes stock only when it is shipped, days
 * later. A piece that came in earlier would stand there when another one is found missing. So each piece comes in at
 * the first moment from which its product is not found missing any more until the piece itself has left: right after
 * the last such finding, at its reorder if that is later still, or at the start. Whatever is on the shelf then leaves
 * before the next finding, which therefore meets an empty shelf.
 *
 * @throws ImportError LOG_INVALID when a piece is missing or reordered after it was sent.
 */
export function arrivalsOf(log: OrderLog): Arrivals {
  const story = readStory(log);
  const arrivals = new Map<number, Arrival[]>();
  for (const item of log.orders.flatMap((order) => order.items)) {
    const sent = story.sent.get(item);
    const reorder = story.reordered.get(item);
    // What neither leaves nor is reordered is never needed.
    if (sent === undefined && reorder === undefined) continue;
    const leaves = sent ?? Number.POSITIVE_INFINITY;
    const lastMissing = story.missing.get(item.product)?.findLast((position) => position < leaves) ?? AT_THE_START;
    if ((reorder?.position ?? AT_THE_START) > leaves || (story.missed.get(item) ?? AT_THE_START) > leaves) {
      throw new ImportError('LOG_INVALID', `${item.id} is out of stock or reordered after it was sent.`);
    }
    const position = Math.max(lastMissing, reorder?.position ?? AT_THE_START);
    addArrival(arrivals, position, item.product, reorder);
  }
  return arrivals;
}

type Reorder = { readonly id: string; readonly employee: string; readonly position: number };

type Story = {
  readonly sent: ReadonlyMap<Item, number>;
  readonly reordered: ReadonlyMap<Item, Reorder>;
  readonly missed: ReadonlyMap<Item, number>;
  /** Positions at which a product is found missing, ascending. */
  readonly missing: ReadonlyMap<string, readonly number[]>;
};

function readStory(log: OrderLog): Story {
  const sent = new Map<Item, number>();
  const reordered = new Map<Item, Reorder>();
  const missed = new Map<Item, number>();
  const missing = new Map<string, number[]>();
  for (const [position, event] of log.events.entries()) {
    if (event.type === 'sent') for (const item of event.package.items) sent.set(item, position);
    else if (event.type === 'reordered') {
      reordered.set(event.item, { id: event.id, employee: event.employee, position });
    } else if (event.type === 'outOfStock') {
      missed.set(event.item, position);
      const positions = missing.get(event.item.product);
      if (positions === undefined) missing.set(event.item.product, [position]);
      else positions.push(position);
    }
  }
  return { sent, reordered, missed, missing };
}

/** Each reordered piece comes by itself, as the log says; the others of a product and a moment come together. */
function addArrival(arrivals: Map<number, Arrival[]>, position: number, product: string, reorder?: Reorder): void {
  const list = arrivals.get(position) ?? [];
  arrivals.set(position, list);
  const index = reorder ? -1 : list.findIndex((each) => each.product === product && each.reorder === undefined);
  const together = list[index];
  if (together !== undefined) list[index] = { ...together, quantity: together.quantity + 1 };
  else list.push({ product, quantity: 1, reorder: reorder && { id: reorder.id, employee: reorder.employee } });
}
