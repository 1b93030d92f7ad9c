import { gzipSync } from 'node:zlib';
import { type Random, seeded } from '../../src/demo/random.ts';

type Related = { objectId: string; qualifier: string };
type Thing = { id: string; type: string; attributes: object[]; relationships: Related[] };
type Happening = { id: string; type: string; time: string; attributes: object[]; relationships: Related[] };

/** A made-up log, and what is known of it because it was made so. */
export type GeneratedLog = {
  readonly gzipped: Buffer;
  readonly orders: number;
  readonly items: number;
  readonly ships: number;
  readonly failedDeliveries: number;
  readonly outOfStock: number;
  readonly deliveredBeforePaid: number;
  readonly paidLate: number;
};

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * Makes a small log of the same shape as the real one: few products that are often out of stock, packages with pieces
 * of several orders, orders in several packages, failed deliveries, payments before and long after; events grouped by
 * type, not in order of time.
 */
export function generateOrderLog(seed: number, orders = 25): GeneratedLog {
  return new LogMaker(seeded(seed)).make(orders);
}

class LogMaker {
  readonly #random: Random;
  readonly #objects: Thing[] = [];
  readonly #events: Happening[] = [];
  readonly #counts = { items: 0, ships: 0, failed: 0, out: 0, before: 0, late: 0 };
  /** Items that wait for a package: when they can leave. */
  readonly #waiting: { id: string; order: string; ready: number }[] = [];
  readonly #deliveredAt = new Map<string, number>();

  constructor(random: Random) {
    this.#random = random;
  }

  make(orders: number): GeneratedLog {
    this.#thing(
      'C',
      'customers',
      [],
      Array.from({ length: orders }, (_, i) => rel(`o-${i}`, 'places')),
    );
    const placed: { id: string; at: number }[] = [];
    for (let number = 0; number < orders; number += 1) {
      const at = Date.UTC(2023, 3, 3) + Math.floor(number * 0.7 * DAY + this.#random() * DAY);
      this.#order(`o-${number}`, at);
      placed.push({ id: `o-${number}`, at });
    }
    this.#pack();
    for (const { id, at } of placed) this.#pay(id, at);
    // As in the real file: one block of events for each type.
    this.#events.sort((a, b) => (a.type < b.type ? -1 : a.type > b.type ? 1 : 0));
    const json = JSON.stringify({ objects: this.#objects, events: this.#events, objectTypes: [], eventTypes: [] });
    return {
      gzipped: gzipSync(json),
      orders,
      items: this.#counts.items,
      ships: this.#counts.ships,
      failedDeliveries: this.#counts.failed,
      outOfStock: this.#counts.out,
      deliveredBeforePaid: this.#counts.before,
      paidLate: this.#counts.late,
    };
  }

  #order(id: string, at: number): void {
    const items = Array.from({ length: 1 + Math.floor(this.#random() * 4) }, (_, index) => `${id}-i${index}`);
    let total = 500;
    for (const item of items) {
      const cents = 100 + Math.floor(this.#random() * 90_000);
      total += cents;
      const product = ['Echo', 'Kindle', 'iPad mini'][Math.floor(this.#random() * 3)] ?? 'Echo';
      this.#thing(item, 'items', [price(cents)], [rel(product, 'is a')]);
      this.#waiting.push({ id: item, order: id, ready: this.#maybeOutOfStock(item, at) });
    }
    this.#counts.items += items.length;
    this.#thing(
      id,
      'orders',
      [price(total)],
      items.map((item) => rel(item, 'comprises')),
    );
    this.#event(`place_${id}`, 'place order', at, [rel(id, 'order'), rel('C', 'customer')]);
    this.#event(`confirm_${id}`, 'confirm order', at + HOUR, [rel(id, 'order'), rel('Mara', 'sales person')]);
  }

  /** @returns when the item can leave at the earliest */
  #maybeOutOfStock(item: string, at: number): number {
    const picked = at + HOUR + this.#random() * DAY;
    if (this.#random() > 0.3) return picked;
    this.#counts.out += 1;
    const who = [rel(item, 'item'), rel('Nina', 'employee')];
    this.#event(`out_${item}`, 'item out of stock', picked, who);
    this.#event(`reorder_${item}`, 'reorder item', picked + 2 * HOUR, who);
    return picked + 3 * HOUR + this.#random() * 2 * DAY;
  }

  /** Fills packages with whatever waits, in random portions. */
  #pack(): void {
    for (let number = 0; this.#waiting.length > 0; number += 1) {
      const content = this.#waiting.splice(0, 1 + Math.floor(this.#random() * 5));
      // Now and then a piece is left for the next package: its order goes out in several.
      const left = content.length > 1 && this.#random() < 0.4 ? content.pop() : undefined;
      if (left !== undefined) this.#waiting.unshift(left);
      this.#send(`p-${number}`, content);
    }
  }

  #send(id: string, content: readonly { id: string; order: string; ready: number }[]): void {
    const orders = [...new Set(content.map((item) => item.order))];
    this.#counts.ships += orders.length;
    this.#thing(id, 'packages', [], [rel('Viki', 'shipped by'), ...content.map((item) => rel(item.id, 'contains'))]);
    const shipped = [rel(id, 'shipped package')];
    let at = Math.max(...content.map((item) => item.ready)) + HOUR;
    this.#event(`send_${id}`, 'send package', at, shipped);
    while (this.#random() < 0.3) {
      at += 5 * HOUR;
      this.#counts.failed += 1;
      this.#event(`fail_${id}_${this.#counts.failed}`, 'failed delivery', at, shipped);
    }
    at += 6 * HOUR;
    this.#event(`deliver_${id}`, 'package delivered', at, shipped);
    for (const order of orders) this.#deliveredAt.set(order, Math.max(at, this.#deliveredAt.get(order) ?? at));
  }

  #pay(id: string, placedAt: number): void {
    const delivered = this.#deliveredAt.get(id) ?? placedAt;
    const chance = this.#random();
    const paid = chance < 0.5 ? placedAt + 90 * 60_000 : delivered + (chance < 0.8 ? 2 : 20) * DAY;
    if (chance >= 0.5) this.#counts.before += 1;
    if (chance >= 0.8) {
      this.#counts.late += 1;
      this.#event(`reminder_${id}`, 'payment reminder', delivered + 10 * DAY, [rel(id, 'order')]);
    }
    this.#event(`pay_${id}`, 'pay order', paid, [rel(id, 'order')]);
  }

  #thing(id: string, type: string, attributes: object[], relationships: Related[]): void {
    this.#objects.push({ id, type, attributes, relationships });
  }

  #event(id: string, type: string, at: number, relationships: Related[]): void {
    const time = new Date(Math.floor(at / 1000) * 1000).toISOString().replace('.000Z', 'Z');
    this.#events.push({ id, type, time, attributes: [], relationships });
  }
}

function rel(objectId: string, qualifier: string): Related {
  return { objectId, qualifier };
}

function price(cents: number): object {
  return { name: 'price', value: cents / 100, time: '2023-04-03T01:00:00+02:00' };
}
