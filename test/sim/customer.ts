import { hash } from 'node:crypto';
import type { OrderSettings } from '../../machines/order/order-context.ts';
import { type Address, addressOf } from '../../runtime/address.ts';
import type { Command, CommandOutcome } from '../../runtime/mail.ts';
import { must } from './safety.ts';
import type { World } from './world.ts';

type Event = Command['event'];

interface View {
  readonly version: number;
  readonly next: readonly string[];
  readonly lines: readonly {
    readonly line: number;
    readonly ordered: number;
    readonly canceled: number;
    readonly shipped: number;
    readonly delivered: number;
    readonly returned: number;
  }[];
  readonly payment: { readonly refundable: number };
}

/** An answer that a client has got: it may never be lost, nor become another. */
export interface Answered {
  readonly address: Address;
  readonly request: string;
  readonly event: Event;
  readonly bytes: string;
  readonly error: boolean;
}

export const SKUS = ['85123A', 'BANK CHARGES', 'Größe 5'] as const;

export function requestOf(request: string, event: Event): Command {
  return { event, cause: `request ${request}`, request: { id: request, hash: hash('sha256', JSON.stringify(event)) } };
}

/** Somebody who works on one order, command by command, and sends each until it has an outcome. */
export class Customer {
  readonly answered: Answered[] = [];
  readonly #world: World;
  readonly #name: string;
  readonly #order: Address;
  #left: number;
  #requests = 0;
  #view: View | undefined;
  #isDone = false;

  constructor(world: World, name: string, order: string, commands: number) {
    this.#world = world;
    this.#name = name;
    this.#order = addressOf('order', order);
    this.#left = commands;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** Places the order, then goes on with it. */
  place(): void {
    this.#begin(placeEvent(this.#world, this.#order.slice('order/'.length)));
  }

  /** Goes on with an order that somebody else places. */
  meddle(): void {
    this.#think();
  }

  #think(): void {
    const { random, clock } = this.#world;
    if (this.#left === 0) {
      this.#isDone = true;
      return;
    }
    this.#left -= 1;
    clock.schedule(random.between(0, 6_000), () => this.#begin(this.#choose()));
  }

  #begin(event: Event): void {
    this.#requests += 1;
    const request = `${this.#name}-${this.#requests}`;
    let isOpen = true;
    const arrived = (outcome: CommandOutcome) => {
      if (!this.#isFinal(request, event, outcome) || !isOpen) return;
      isOpen = false;
      this.#think();
    };
    const send = () => {
      if (!isOpen) return;
      const { random, clock } = this.#world;
      this.#world.send(this.#order, requestOf(request, event), arrived);
      if (random.chance(0.1)) this.#world.send(this.#order, requestOf(request, event), arrived);
      clock.schedule(random.between(500, 15_000), send);
    };
    send();
  }

  /** Whether this ends the request. What comes again must be what came before. */
  #isFinal(request: string, event: Event, outcome: CommandOutcome): boolean {
    switch (outcome.kind) {
      case 'answered': {
        const bytes = Buffer.from(outcome.bytes).toString('utf8');
        const before = this.answered.find((one) => one.request === request);
        must(
          before === undefined || before.bytes === bytes,
          () => `${request} was answered ${before?.bytes}, now ${bytes}`,
        );
        if (before === undefined) {
          this.answered.push({ address: this.#order, request, event, bytes, error: outcome.error });
        }
        if (!outcome.error) this.#view = JSON.parse(bytes) as View;
        return true;
      }
      case 'locked':
      case 'busy':
      case 'late':
      case 'stopping':
      case 'unavailable':
        return false;
      case 'absent':
        return event.type !== 'place';
      case 'refused':
      case 'exists':
      case 'conflict':
        return true;
      case 'reused':
      case 'expired':
      case 'failed':
        throw new Error(`${request} (${event.type}) came to ${JSON.stringify(outcome)}`);
    }
  }

  #choose(): Event {
    const { random } = this.#world;
    const view = this.#view;
    const commands = (view?.next ?? ['pay', 'cancel', 'ship']).filter((name) => name !== 'amend' && name !== 'note');
    const type = commands.length === 0 || random.chance(0.1) ? 'note' : random.pick(commands);
    const lines = (count: (line: View['lines'][number]) => number) =>
      (view?.lines ?? []).flatMap((line) => {
        const most = count(line);
        return most > 0 && random.chance(0.7) ? [{ line: line.line, quantity: random.between(1, most) }] : [];
      });
    const some = (named: readonly object[]) => (named.length > 0 && random.chance(0.6) ? { lines: named } : {});
    switch (type) {
      case 'pay':
        return { type, method: { token: random.pick(['ok', 'ok', 'ok', 'ok', 'declined', 'silent']) } };
      case 'ship':
        return {
          type,
          carrier: 'DHL',
          ...some(lines(({ ordered, canceled, shipped }) => ordered - canceled - shipped)),
        };
      case 'cancel':
        return { type, ...some(lines(({ ordered, canceled, shipped }) => ordered - canceled - shipped)) };
      case 'deliver':
        return { type, ...random.pick([{}, {}, {}, { failed: true }, { lost: true }]) };
      case 'return':
        return {
          type,
          lines: lines(({ delivered, returned }) => delivered - returned).map((line) => ({
            ...line,
            restock: random.chance(0.7),
          })),
        };
      case 'refund':
        return { type, amount: random.between(1, Math.max(1, view?.payment.refundable ?? 1)) };
      default:
        return type === 'note' ? { type, text: 'so be it' } : { type };
    }
  }
}

function placeEvent({ random }: World, id: string): Event {
  const settings: OrderSettings = {
    paymentWindowMs: random.pick([null, 20_000, 1_800_000]),
    receiptWindowMs: random.pick([null, 30_000, 600_000]),
    returnWindowMs: random.pick([null, 60_000]),
    prepareTimeoutMs: random.pick([3_000, 10_000]),
    // Longer than any deadline: an order that asks about a transaction that is forgotten asks past it.
    retentionMs: random.pick([30_000, 600_000]),
    participants: random.chance(0.4) ? { payment: 'service:psp' } : {},
  };
  const lines = Array.from({ length: random.between(1, 3) }, () => ({
    sku: random.pick(SKUS),
    quantity: random.between(1, 5),
    unitPrice: random.between(0, 300),
  }));
  return {
    type: 'place',
    id,
    customer: 'C-17',
    currency: 'GBP',
    digits: 2,
    terms: random.pick(['prepaid', 'prepaid', 'invoice']),
    lines,
    fees: random.chance(0.3) ? [{ code: 'POST', amount: 500 }] : [],
    settings,
  };
}
