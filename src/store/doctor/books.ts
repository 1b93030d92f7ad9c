import type { OrderContext, ParticipantRole } from '../../../machines/order/order-context.ts';
import type { ParticipantContext } from '../../../machines/participant/participant-machine.ts';
import type { PaymentBook } from '../../../machines/payment.ts';
import type { ShipmentBook } from '../../../machines/shipment.ts';
import type { StockBook } from '../../../machines/stock.ts';
import { addressOf, keyOf, typeOf } from '../../../runtime/address.ts';
import type { Actor } from '../../../runtime/step.ts';
import type { Decisions } from './decisions.ts';
import { type Found, found } from './found.ts';
import type { Lookup } from './lookup.ts';

/** Money of one currency, in units of 10^-digits: captured less refunded, by the orders and by their payments. */
export interface MoneySum {
  readonly currency: string;
  readonly digits: number;
  readonly orders: string;
  readonly payments: string;
}

/** Units of all articles together. Sums may be beyond what a number holds exactly, hence text. */
export type GoodsSum = Readonly<Record<'received' | 'onHand' | 'dispatched' | 'restocked' | 'reserved', string>>;

/** What the orders say of an article. */
interface Wanted {
  reserved: number;
  dispatched: number;
  returned: number;
}

const NOTHING: Wanted = { reserved: 0, dispatched: 0, returned: 0 };

/**
 * Adds up money and goods over all actors. Each is looked at as it will be once it has heard of what is decided, so
 * that a snapshot of a busy service adds up too. Actors come by address: orders first, articles after them.
 */
export class Books {
  readonly #lookup: Lookup;
  readonly #decisions: Decisions;
  readonly #wanted = new Map<string, Wanted>();
  readonly #money = new Map<string, { currency: string; digits: number; orders: bigint; payments: bigint }>();
  readonly #goods = { received: 0n, onHand: 0n, dispatched: 0n, restocked: 0n, reserved: 0n };
  /** An order whose lines nobody knows: no article can be compared. */
  #isIncomplete = false;

  constructor(lookup: Lookup, decisions: Decisions) {
    this.#lookup = lookup;
    this.#decisions = decisions;
  }

  /** An actor's record cannot be read. */
  unreadable(type: string): void {
    if (type === 'order') this.#isIncomplete = true;
  }

  add(actor: Actor): readonly Found[] {
    switch (typeOf(actor.address)) {
      case 'order':
        return this.#addOrder(actor);
      case 'payment':
      case 'shipment':
        return this.#checkOrderOf(actor);
      case 'stock':
        return this.#addStock(actor);
      default:
        return [];
    }
  }

  /** What orders say of articles that have no record. */
  end(): readonly Found[] {
    if (this.#isIncomplete) {
      return [found('SUMS_INCOMPLETE', null, 'Goods were not compared: there are orders that cannot be read.')];
    }
    return [...this.#wanted].flatMap(([sku, wanted]) => {
      if (wanted.reserved === 0 && wanted.dispatched === 0 && wanted.returned === 0) return [];
      const address = addressOf('stock', sku);
      if (this.#lookup.actor(address).kind !== 'absent') return [];
      return [found('GOODS_DIFFER', address, `${address} has no record, the orders say ${shownWanted(wanted)}.`)];
    });
  }

  get money(): readonly MoneySum[] {
    return [...this.#money.values()].map(({ orders, payments, ...of }) => ({
      ...of,
      orders: String(orders),
      payments: String(payments),
    }));
  }

  get goods(): GoodsSum {
    const { received, onHand, dispatched, restocked, reserved } = this.#goods;
    return {
      received: String(received),
      onHand: String(onHand),
      dispatched: String(dispatched),
      restocked: String(restocked),
      reserved: String(reserved),
    };
  }

  #addOrder(actor: Actor): readonly Found[] {
    const order = this.#decisions.settled(actor).snapshot.context as OrderContext;
    if (isBuiltIn(order, 'stock')) this.#addLines(order);
    return [
      ...(isBuiltIn(order, 'payment') ? this.#compareMoney(actor, order) : []),
      ...(isBuiltIn(order, 'shipment') ? this.#compareParcels(actor, order) : []),
    ];
  }

  #addLines({ lines, parcels }: OrderContext): void {
    const lost = new Map<number, number>();
    for (const { status, lines: inside } of parcels) {
      if (status !== 'lost') continue;
      for (const { line, quantity } of inside) lost.set(line, (lost.get(line) ?? 0) + quantity);
    }
    for (const { line, sku, reserved, shipped, returned } of lines) {
      const wanted = this.#wanted.get(sku) ?? { ...NOTHING };
      this.#wanted.set(sku, wanted);
      wanted.reserved += reserved;
      // What got lost has left the stock all the same.
      wanted.dispatched += shipped + (lost.get(line) ?? 0);
      wanted.returned += returned;
    }
  }

  #compareMoney({ address }: Actor, order: OrderContext): readonly Found[] {
    const looked = this.#lookup.actor(addressOf('payment', order.id));
    if (looked.kind === 'unreadable') return [];
    const book =
      looked.kind === 'there'
        ? bookOf<PaymentBook>(this.#decisions.settled(looked.actor))
        : { authorized: 0, captured: 0, refunded: 0, refunding: 0 };
    const { currency, digits } = order;
    const sum = this.#money.get(`${currency}/${digits}`) ?? { currency, digits, orders: 0n, payments: 0n };
    this.#money.set(`${currency}/${digits}`, sum);
    sum.orders += BigInt(order.captured - order.refunded);
    sum.payments += BigInt(book.captured - book.refunded);
    if (
      book.captured === order.captured &&
      book.refunded === order.refunded &&
      book.authorized === 0 &&
      book.refunding === 0
    ) {
      return [];
    }
    const message =
      `${address} has captured ${order.captured} and refunded ${order.refunded}, ` +
      `payment/${order.id} ${book.captured} and ${book.refunded}, with ${book.authorized + book.refunding} held by nothing.`;
    return [found('MONEY_DIFFERS', address, message)];
  }

  #compareParcels({ address }: Actor, order: OrderContext): readonly Found[] {
    const looked = this.#lookup.actor(addressOf('shipment', order.id));
    if (looked.kind === 'unreadable') return [];
    const parcels = looked.kind === 'there' ? bookOf<ShipmentBook>(this.#decisions.settled(looked.actor)).parcels : [];
    const theirs = parcels.map(({ parcel }) => parcel).join(', ');
    const ours = order.parcels.map(({ id }) => id).join(', ');
    if (theirs === ours) return [];
    const message = `${address} has the parcels ${ours || 'none'}, shipment/${order.id} has ${theirs || 'none'}.`;
    return [found('PARCELS_DIFFER', address, message)];
  }

  /** A payment or shipment that its order does not know is not found from the order's side. */
  #checkOrderOf(actor: Actor): readonly Found[] {
    const order = addressOf('order', keyOf(actor.address));
    if (this.#lookup.actor(order).kind !== 'absent') return [];
    const code = typeOf(actor.address) === 'payment' ? 'MONEY_DIFFERS' : 'PARCELS_DIFFER';
    return [found(code, actor.address, `${actor.address} is of ${order}, which has no record.`)];
  }

  #addStock(actor: Actor): readonly Found[] {
    const now = bookOf<StockBook>(actor);
    const { received, onHand, dispatched, restocked, reserved } = now;
    this.#goods.received += BigInt(received);
    this.#goods.onHand += BigInt(onHand);
    this.#goods.dispatched += BigInt(dispatched);
    this.#goods.restocked += BigInt(restocked);
    this.#goods.reserved += BigInt(reserved);
    const { address } = actor;
    const differences: Found[] = [];
    if (
      received !== onHand + dispatched - restocked ||
      now.undecided < 0 ||
      now.undecided > reserved ||
      reserved > onHand
    ) {
      const message =
        `${address} has ${received} received, ${onHand} on hand (${reserved} reserved, ${now.undecided} of them ` +
        `undecided), ${dispatched} dispatched, ${restocked} restocked: that does not add up.`;
      differences.push(found('GOODS_DIFFER', address, message));
    }
    if (this.#isIncomplete) return differences;
    const settled = bookOf<StockBook>(this.#decisions.settled(actor));
    const there: Wanted = {
      reserved: settled.reserved,
      dispatched: settled.dispatched,
      returned: settled.restocked + settled.writtenOff,
    };
    const wanted = this.#wanted.get(keyOf(address)) ?? NOTHING;
    if (shownWanted(there) !== shownWanted(wanted)) {
      const message = `${address} has ${shownWanted(there)}, the orders say ${shownWanted(wanted)}.`;
      differences.push(found('GOODS_DIFFER', address, message));
    }
    return differences;
  }
}

function shownWanted({ reserved, dispatched, returned }: Wanted): string {
  return `${reserved} reserved, ${dispatched} dispatched, ${returned} returned`;
}

function isBuiltIn({ settings }: OrderContext, role: ParticipantRole): boolean {
  return settings.participants[role] === undefined;
}

function bookOf<Book>({ snapshot }: Actor): Book {
  return (snapshot.context as unknown as ParticipantContext<Book>).book;
}
