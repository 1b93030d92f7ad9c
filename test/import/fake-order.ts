import type { LineView, OrderCommandBody, OrderView, ParcelView } from '../../src/contracts/index.ts';

/** A refusal as the service answers it. */
export class FakeRefusal extends Error {
  readonly code: string;
  readonly details: object;

  constructor(code: string, message: string, details: object = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** Goods leave or enter the shelf; a refusal here aborts the transaction. */
export type Shelf = {
  /** All of it or nothing. */
  take(needed: ReadonlyMap<string, number>): void;
  put(sku: string, quantity: number): void;
};

const TIME = '2026-01-01T00:00:00.000Z';

/** One order, held in memory with the rules of the interface that an import relies on. Not for concurrent use. */
export class FakeOrder {
  readonly #id: string;
  readonly #body: OrderCommandBody<'place'>;
  readonly #lines: LineView[];
  readonly #parcels: ParcelView[] = [];
  readonly #notes: OrderView['notes'] = [];
  readonly #total: number;
  #captured = 0;
  #refunded = 0;
  #paid = false;
  #confirmed = false;
  #canceled = false;
  #version = 1;

  constructor(id: string, body: OrderCommandBody<'place'>) {
    this.#id = id;
    this.#body = body;
    this.#lines = (body.lines ?? []).map((line, index) => ({
      ...{ line: index + 1, sku: line.sku, name: line.name, unitPrice: line.unitPrice, ordered: line.quantity },
      ...{ canceled: 0, reserved: 0, shipped: 0, delivered: 0, returned: 0 },
    }));
    const goods = this.#lines.reduce((sum, line) => sum + line.ordered * line.unitPrice, 0);
    this.#total = (body.fees ?? []).reduce((sum, fee) => sum + fee.amount, goods);
  }

  pay(body: OrderCommandBody<'pay'>): void {
    const { amount = this.#outstanding(), method } = body;
    if (this.#canceled || this.#paid) throw notAccepted('isUnpaid');
    if (amount !== this.#outstanding()) throw notAccepted('amountIsOutstanding');
    if (method?.token === 'declined') throw aborted('PAYMENT_DECLINED');
    this.#captured += amount;
    this.#paid = true;
    this.#version += 1;
  }

  ship(body: OrderCommandBody<'ship'>, shelf: Shelf): void {
    const parts = body.lines ?? this.#lines.map(({ line }) => ({ line, quantity: this.#open(this.#line(line)) }));
    if (this.#body.terms !== 'invoice' && !this.#paid) throw notAccepted('isPaidOrOnAccount');
    const some = parts.filter((part) => part.quantity > 0);
    if (some.length === 0 || this.#canceled) throw notAccepted('somethingIsOpen');
    for (const { line, quantity } of some) if (this.#open(this.#line(line)) < quantity) throw notAccepted('isOpen');
    const needed = new Map<string, number>();
    for (const { line, quantity } of some) {
      const { sku } = this.#line(line);
      needed.set(sku, (needed.get(sku) ?? 0) + quantity);
    }
    shelf.take(needed);
    for (const { line, quantity } of some) this.#line(line).shipped += quantity;
    this.#parcels.push({
      ...{ id: `P${this.#parcels.length + 1}`, status: 'underWay', lines: some, shippedAt: TIME, deliveredAt: null },
      ...{ carrier: body.carrier ?? null, tracking: body.tracking ?? null, attempts: 0 },
    });
    this.#version += 1;
  }

  deliver(body: OrderCommandBody<'deliver'>): void {
    const underWay = this.#parcels.filter((each) => each.status === 'underWay');
    const parcels = underWay.filter((each) => body.parcel === undefined || each.id === body.parcel);
    if (parcels.length === 0) throw notAccepted('parcelIsUnderWay');
    for (const parcel of parcels) {
      if (body.failed) parcel.attempts += 1;
      else {
        parcel.status = body.lost ? 'lost' : 'delivered';
        for (const { line, quantity } of parcel.lines) {
          if (body.lost) this.#line(line).shipped -= quantity;
          else this.#line(line).delivered += quantity;
        }
      }
    }
    this.#version += 1;
  }

  confirmReceipt(): void {
    if (this.#confirmed || this.#fulfillment() !== 'delivered') throw notAccepted('everythingIsDelivered');
    this.#confirmed = true;
    this.#version += 1;
  }

  cancel(body: OrderCommandBody<'cancel'>): void {
    if (body.lines !== undefined || this.#canceled || this.#lines.some((line) => line.shipped > 0)) {
      throw notAccepted('nothingHasShipped');
    }
    this.#canceled = true;
    this.#refunded = this.#captured;
    this.#version += 1;
  }

  return(body: OrderCommandBody<'return'>, shelf: Shelf): void {
    let value = 0;
    for (const { line, quantity } of body.lines) {
      const { delivered, returned, unitPrice } = this.#line(line);
      if (delivered - returned < quantity) throw notAccepted('wasDelivered');
      value += quantity * unitPrice;
    }
    for (const { line, quantity, restock } of body.lines) {
      this.#line(line).returned += quantity;
      if (restock) shelf.put(this.#line(line).sku, quantity);
    }
    this.#refunded += body.refund ?? Math.min(value, this.#captured - this.#refunded);
    this.#version += 1;
  }

  refund(body: OrderCommandBody<'refund'>): void {
    if (body.amount > this.#captured - this.#refunded) throw notAccepted('isRefundable');
    this.#refunded += body.amount;
    this.#version += 1;
  }

  note(body: OrderCommandBody<'note'>): void {
    this.#notes.push({ at: TIME, by: body.by ?? null, text: body.text });
    this.#version += 1;
  }

  view(): OrderView {
    const { customer, currency, digits, terms, placedAt = TIME, fees = [] } = this.#body;
    const completed = this.#completed();
    return structuredClone({
      ...{ id: this.#id, status: this.#status(), version: this.#version, customer, currency, digits, terms, placedAt },
      ...{ updatedAt: TIME, total: this.#total, waivedFees: 0, lines: this.#lines, fees, notes: this.#notes },
      payment: {
        status: this.#refunded > 0 ? 'partiallyRefunded' : this.#paid ? 'paid' : 'unpaid',
        ...{ due: this.#total, outstanding: this.#outstanding(), captured: this.#captured, refunded: this.#refunded },
        refundable: this.#captured - this.#refunded,
      },
      fulfillment: { status: this.#fulfillment(), parcels: this.#parcels },
      ...{ transaction: null, lastTransaction: null, cancelReason: null, canceledAt: this.#canceled ? TIME : null },
      ...{ completedAt: completed ? TIME : null, shippingAddress: {}, metadata: {}, state: {} },
      next: this.#fulfillment() === 'delivered' && !this.#confirmed ? ['confirmReceipt'] : [],
    });
  }

  #line(number: number): LineView {
    const line = this.#lines[number - 1];
    if (line === undefined) throw notAccepted('lineIsThere');
    return line;
  }

  #open(line: LineView): number {
    return line.ordered - line.canceled - line.shipped;
  }

  #outstanding(): number {
    return this.#paid || this.#canceled ? 0 : this.#total;
  }

  #completed(): boolean {
    return this.#paid && !this.#canceled && (this.#lines.length === 0 || this.#confirmed);
  }

  #status(): string {
    if (this.#canceled) return 'canceled';
    if (this.#completed()) return 'completed';
    const shipped = this.#lines.length > 0 && this.#lines.every((line) => this.#open(line) === 0);
    return shipped ? 'shipped' : this.#paid ? 'paid' : 'pending';
  }

  #fulfillment(): string {
    if (this.#lines.every((line) => line.shipped === 0)) return 'unfulfilled';
    if (this.#lines.some((line) => this.#open(line) > 0)) return 'partiallyShipped';
    return this.#lines.every((line) => line.delivered === line.shipped) ? 'delivered' : 'shipped';
  }
}

function notAccepted(guard: string): FakeRefusal {
  return new FakeRefusal('NOT_ACCEPTED', `refused by ${guard}`, { failed: [{ guard, why: guard }] });
}

/** A transaction that a participant voted against. */
export function aborted(code: string): FakeRefusal {
  const votes = [{ participant: 'fake', code, reason: code }];
  return new FakeRefusal('TRANSACTION_ABORTED', `aborted: ${code}`, { transaction: 'fake~1', votes });
}
