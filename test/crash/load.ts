import { setTimeout as pause } from 'node:timers/promises';
import { headers, type Msg, type NatsConnection } from 'nats';
import { between, pick, type Random, seeded } from '../../src/demo/random.ts';

export interface LineView {
  readonly line: number;
  readonly sku: string;
  readonly ordered: number;
  readonly canceled: number;
  readonly reserved: number;
  readonly shipped: number;
  readonly delivered: number;
  readonly returned: number;
}

export interface View {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly lines: readonly LineView[];
  readonly transaction: unknown;
  readonly payment: { readonly captured: number; readonly refunded: number; readonly outstanding: number };
  readonly fulfillment: {
    readonly parcels: readonly {
      readonly status: string;
      readonly lines: readonly { line: number; quantity: number }[];
    }[];
  };
  readonly next: readonly string[];
}

/** A command that was answered, and with what. */
export interface Answered {
  readonly order: string;
  readonly command: string;
  readonly requestId: string;
  /** The error's code; `undefined` for a command that was done. */
  readonly error: string | undefined;
  readonly view: View | undefined;
}

export const SKUS = ['A', 'B', 'C', 'D'] as const;

/** How long a client waits before it sends the same request again, in ms. */
const PATIENCE_MS = 300;
const PAUSE_MS = 30;

/** Clients that move orders along, each its own, and repeat whatever is not answered with the same request id. */
export class Load {
  readonly answered: Answered[] = [];
  /** Pieces that were received, by article, as answered. */
  readonly received = new Map<string, number>();
  /** How often a request was sent again. */
  repeats = 0;
  readonly #connection: NatsConnection;
  readonly #workers: Promise<void>[];
  #isOver = false;
  #requests = 0;
  #onAnswer = () => {};

  constructor(connection: NatsConnection, seed: number, workers: number) {
    this.#connection = connection;
    this.#workers = Array.from({ length: workers }, (_, worker) => this.#work(worker, seeded(seed + worker + 1)));
  }

  /** Resolves when so many more commands have been answered. */
  answers(count: number): Promise<void> {
    const enough = this.answered.length + count;
    return new Promise((resolve) => {
      this.#onAnswer = () => {
        if (this.answered.length >= enough) resolve();
      };
    });
  }

  /** Begins nothing new; resolves when everything that was sent is answered. */
  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#workers);
  }

  async #work(worker: number, random: Random): Promise<void> {
    for (let nth = 0; !this.#isOver; nth += 1) {
      if (random() < 0.3) await this.#receive(pick(random, SKUS), between(random, 10, 60));
      const order = new OrderOfLoad(`W${worker}-${nth}`, random, (command, body) =>
        this.#command(`W${worker}-${nth}`, command, body),
      );
      for (const step of order.life()) {
        if (this.#isOver) break;
        await step();
      }
    }
  }

  async #receive(sku: string, quantity: number): Promise<void> {
    const { error } = await this.#send(`stock.receive.${sku}`, { quantity });
    if (error === undefined) this.received.set(sku, (this.received.get(sku) ?? 0) + quantity);
  }

  async #command(order: string, command: string, body: object): Promise<View | undefined> {
    const { error, requestId, json } = await this.#send(`orders.${command}.${order}`, body);
    const view = error === undefined ? (json as View) : undefined;
    this.answered.push({ order, command, requestId, error, view });
    this.#onAnswer();
    return view;
  }

  /** Sends a request until it is answered by something that is final. */
  async #send(subject: string, body: object): Promise<{ error: string | undefined; requestId: string; json: unknown }> {
    this.#requests += 1;
    const requestId = `r-${this.#requests}`;
    const sent = headers();
    sent.set('Ordo-Request-Id', requestId);
    for (;;) {
      const answer = await this.#once(subject, JSON.stringify(body), sent);
      if (answer !== undefined) {
        const json = answer.json<{ code?: string; retriable?: boolean }>();
        if (answer.headers?.has('Nats-Service-Error') !== true) return { error: undefined, requestId, json };
        if (json.retriable !== true) return { error: json.code ?? 'UNKNOWN', requestId, json };
      }
      this.repeats += 1;
      await pause(PAUSE_MS);
    }
  }

  /** `undefined`: no answer, which says nothing about what was done. */
  async #once(subject: string, payload: string, sent: ReturnType<typeof headers>): Promise<Msg | undefined> {
    try {
      return await this.#connection.request(subject, payload, { timeout: PATIENCE_MS, headers: sent });
    } catch {
      return undefined;
    }
  }
}

type Command = (command: string, body: object) => Promise<View | undefined>;

/** What happens to one order, by chance. */
class OrderOfLoad {
  readonly #id: string;
  readonly #random: Random;
  readonly #command: Command;
  #view: View | undefined;

  constructor(id: string, random: Random, command: Command) {
    this.#id = id;
    this.#random = random;
    this.#command = command;
  }

  /** One step after the other, each a command that is waited for. */
  *life(): Generator<() => Promise<void>> {
    const random = this.#random;
    yield () => this.#place();
    if (random() < 0.1) yield () => this.#send('cancel', { reason: 'customer' });
    for (let tries = 0; tries < 3 && !this.#isPaid(); tries += 1) yield () => this.#pay();
    if (random() < 0.2) yield () => this.#send('cancel', this.#someOpen());
    if (random() < 0.1) yield () => this.#send('cancel', {});
    for (let parcels = 0; parcels < 4 && this.#view?.next.includes('ship') === true; parcels += 1) {
      yield () => this.#send('ship', parcels < 2 && random() < 0.5 ? this.#someOpen() : {});
      const lost = { parcel: `P${this.#view?.fulfillment.parcels.length}`, lost: true };
      if (random() < 0.2) yield () => this.#send('deliver', lost);
    }
    yield () => this.#send('deliver', {});
    if (random() < 0.5) yield () => this.#send('confirmReceipt', {});
    if (random() < 0.6) yield () => this.#send('return', this.#someDelivered());
    if (random() < 0.3) yield () => this.#send('refund', { amount: 1 });
  }

  async #send(command: string, body: object): Promise<void> {
    this.#view = (await this.#command(command, body)) ?? this.#view;
  }

  #place(): Promise<void> {
    const random = this.#random;
    const lines = Array.from({ length: between(random, 1, 3) }, () => ({
      sku: pick(random, SKUS),
      quantity: between(random, 1, 5),
      unitPrice: between(random, 0, 300),
    }));
    const terms = random() < 0.3 ? 'invoice' : 'prepaid';
    const fees = [{ code: 'POST', amount: between(random, 0, 500) }];
    return this.#send('place', { customer: this.#id, currency: 'GBP', terms, lines, fees });
  }

  #pay(): Promise<void> {
    const token = pick(this.#random, ['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'declined', 'silent']);
    return this.#send('pay', { method: { provider: 'sandbox', token } });
  }

  #isPaid(): boolean {
    return this.#view !== undefined && !this.#view.next.includes('pay');
  }

  #someOpen(): object {
    return this.#some(({ ordered, canceled, shipped }) => ordered - canceled - shipped);
  }

  #someDelivered(): object {
    return this.#some(({ delivered, returned }) => delivered - returned);
  }

  #some(count: (line: LineView) => number): object {
    const line = this.#view?.lines.find((one) => count(one) > 0);
    if (line === undefined) return { lines: [{ line: 1, quantity: 1 }] };
    return { lines: [{ line: line.line, quantity: between(this.#random, 1, count(line)) }] };
  }
}
