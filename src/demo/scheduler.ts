import type { OrderCommandInput, OrderView } from '../contracts/index.ts';
import type { Command } from '../import/service.ts';
import { madeUpBasket, madeUpCustomer, neverThere, products } from './catalog.ts';
import { drawFate, type Fate, type Move, nextMove } from './fate.ts';
import { between, pick, type Random } from './random.ts';

/** An order that the demo has placed and that something is still to happen to. */
type LiveOrder = { readonly fate: Fate; readonly view: OrderView; readonly refusals: readonly string[] };

/** All that the demo knows; nothing in it is ever changed in place. */
export type DemoState = {
  /** Stands in every id, so that each run has orders of its own. */
  readonly run: string;
  /** How many orders are to be placed in all; Infinity for no end. */
  readonly limit: number;
  readonly placed: number;
  readonly commands: number;
  readonly live: ReadonlyMap<string, LiveOrder>;
  /** Pieces received and not yet ordered, by SKU. */
  readonly shelf: ReadonlyMap<string, number>;
};

/** One thing to do now. */
export type DemoAction =
  | { readonly do: 'receive'; readonly sku: string; readonly quantity: number; readonly requestId: string }
  | { readonly do: 'command'; readonly command: Command; readonly fate: Fate }
  /** Every order has met its fate, and no more are to be placed. */
  | { readonly do: 'end' };

/** How an action came out: the order's view, or why it was refused (with the votes, when a transaction was aborted). */
export type DemoOutcome =
  | { readonly kind: 'done'; readonly view?: OrderView }
  | { readonly kind: 'refused'; readonly codes: readonly string[]; readonly view: OrderView | undefined };

const BY = 'demo';
/** So many orders live at once: enough that every state can be seen, few enough to follow one. */
const CROWD = 12;
/** An article is received again when fewer pieces are left than a few orders may take. */
const LOW = 12;

/** A demo that has not begun. */
export function initialState(run: string, limit = Number.POSITIVE_INFINITY): DemoState {
  return { run, limit, placed: 0, commands: 0, live: new Map(), shelf: new Map() };
}

/** Decides what to do next. Pure, but for the numbers that it draws from `random`. */
export function nextAction(state: DemoState, random: Random): DemoAction {
  const low = products.find((product) => (state.shelf.get(product.sku) ?? 0) < LOW);
  if (low !== undefined && state.placed < state.limit) {
    return {
      do: 'receive',
      sku: low.sku,
      quantity: between(random, 40, 80),
      requestId: `demo/${state.run}/${state.commands}`,
    };
  }
  const mayPlace = state.placed < state.limit;
  const movable = [...state.live.values()];
  if (mayPlace && (movable.length === 0 || (movable.length < CROWD && random() < 0.35))) return place(state, random);
  const [first, ...others] = movable;
  if (first === undefined) return { do: 'end' };
  const { fate, view, refusals } = pick(random, [first, ...others]);
  const move = nextMove(fate, view, refusals);
  // An order with nothing left to happen is dropped by `applied` at once, so this is one of our own bugs.
  if (move === undefined) throw new Error(`order ${view.id} is live, but nothing is left to happen to it`);
  return { do: 'command', command: commandFor(state, view, move), fate };
}

/** The state after an action, given how it came out. */
export function applied(state: DemoState, action: DemoAction, outcome: DemoOutcome): DemoState {
  const next = { ...state, commands: state.commands + 1 };
  if (action.do === 'end') return state;
  if (action.do === 'receive') {
    const received = outcome.kind === 'done' ? action.quantity : 0;
    return { ...next, shelf: plus(state.shelf, [{ sku: action.sku, quantity: received }]) };
  }
  const { command, fate } = action;
  const refusals = state.live.get(command.order)?.refusals ?? [];
  const live = new Map(state.live);
  live.delete(command.order);
  const codes = outcome.kind === 'refused' ? outcome.codes : [];
  const known = { fate, refusals: [...refusals, ...codes] };
  // A refusal that the fate has no answer to would come again and again; such an order is left alone.
  const hopeless = outcome.kind === 'refused' && !codes.some((code) => expected.has(code));
  const { view } = outcome;
  if (view !== undefined && !hopeless && nextMove(fate, view, known.refusals) !== undefined) {
    live.set(command.order, { ...known, view });
  }
  if (command.name !== 'place') return { ...next, live };
  const ordered = (command.body.lines ?? []).map(({ sku, quantity }) => ({ sku, quantity: -quantity }));
  return { ...next, placed: state.placed + 1, live, shelf: plus(state.shelf, ordered) };
}

/** Votes that belong to a fate. */
const expected: ReadonlySet<string> = new Set(['PAYMENT_DECLINED', 'INSUFFICIENT_STOCK']);

function place(state: DemoState, random: Random): DemoAction {
  const fate = drawFate(random);
  const customer = madeUpCustomer(random);
  const basket = madeUpBasket(random);
  if (fate === 'soldOut') basket.push({ product: neverThere, quantity: 1 });
  const body: OrderCommandInput<'place'> = {
    customer: customer.name,
    currency: 'EUR',
    terms: fate === 'paysLater' ? 'invoice' : 'prepaid',
    lines: basket.map(({ product: { sku, name, price }, quantity }) => ({ sku, name, quantity, unitPrice: price })),
    fees: [{ code: 'SHIPPING', amount: 490 }],
    shippingAddress: { name: customer.name, city: customer.city },
    by: BY,
  };
  const order = `DEMO-${state.run}-${state.placed + 1}`;
  return { do: 'command', command: { name: 'place', order, body, requestId: `demo/${order}/place` }, fate };
}

function commandFor(state: DemoState, view: OrderView, move: Move): Command {
  const common = { order: view.id, requestId: `demo/${view.id}/${state.commands}` };
  switch (move.name) {
    case 'pay':
      return { ...common, name: 'pay', body: { method: { provider: 'sandbox', token: move.token }, by: BY } };
    case 'ship': {
      const tracking = `${view.id}/${view.fulfillment.parcels.length + 1}`;
      return {
        ...common,
        name: 'ship',
        body: { ...(move.lines && { lines: move.lines }), carrier: 'DHL', tracking, by: BY },
      };
    }
    case 'deliver': {
      const how = { arrived: {}, failed: { failed: true, reason: 'nobody home' }, lost: { lost: true } }[move.how];
      return { ...common, name: 'deliver', body: { parcel: move.parcel, ...how, by: BY } };
    }
    case 'confirmReceipt':
      return { ...common, name: 'confirmReceipt', body: { by: BY } };
    case 'cancel':
      return { ...common, name: 'cancel', body: { reason: move.reason, by: BY } };
    case 'return':
      return {
        ...common,
        name: 'return',
        body: { lines: [{ line: move.line, quantity: 1 }], reason: 'damaged', by: BY },
      };
    case 'refund':
      return { ...common, name: 'refund', body: { amount: move.amount, reason: 'goodwill', by: BY } };
  }
}

function plus(
  shelf: ReadonlyMap<string, number>,
  moves: readonly { readonly sku: string; readonly quantity: number }[],
): Map<string, number> {
  const after = new Map(shelf);
  for (const { sku, quantity } of moves) after.set(sku, (after.get(sku) ?? 0) + quantity);
  return after;
}
