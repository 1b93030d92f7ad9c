import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { parseDecimal } from '../decimal.ts';
import { ImportError } from '../errors.ts';

/** Prices of the log are in euros and cents. */
export const DIGITS = 2;

const attribute = z.object({ name: z.string(), value: z.union([z.string(), z.number()]), time: z.string() });
const relationship = z.object({ objectId: z.string(), qualifier: z.string() });
const object = z.object({
  id: z.string(),
  type: z.string(),
  attributes: z.array(attribute),
  relationships: z.array(relationship).default([]),
});
const event = z.object({
  id: z.string(),
  type: z.string(),
  time: z.iso.datetime({ offset: true }),
  relationships: z.array(relationship).default([]),
});
const ocel = z.object({ objects: z.array(object), events: z.array(event) });

type OcelObject = z.output<typeof object>;
type OcelEvent = z.output<typeof event>;

/** One piece of an order; it becomes a line of quantity 1. */
export type Item = { readonly id: string; readonly order: string; readonly product: string; readonly price: number };
/** An order with its items in the log's order; `price` as the log states it, in cents. */
export type LoggedOrder = {
  readonly id: string;
  readonly customer: string;
  readonly items: readonly Item[];
  readonly price: number;
};
/** What an order costs beyond its items, in cents: 5.00 throughout the log. */
export function feeOf(order: LoggedOrder): number {
  return order.items.reduce((left, item) => left - item.price, order.price);
}

/** A package, with pieces of one or more orders. */
export type Package = { readonly id: string; readonly items: readonly Item[]; readonly shipper: string };

type At = { readonly id: string; readonly time: string };

/** What the replay does something about; the other events of the log (pick item, create package) change no order. */
export type LoggedEvent = At &
  (
    | { readonly type: 'placed' | 'paid' | 'reminded'; readonly order: LoggedOrder }
    | { readonly type: 'confirmed'; readonly order: LoggedOrder; readonly employee: string }
    | { readonly type: 'outOfStock' | 'reordered'; readonly item: Item; readonly employee: string }
    | { readonly type: 'sent' | 'deliveryFailed' | 'delivered'; readonly package: Package }
  );

/** The log, with events in order of time. */
export type OrderLog = {
  readonly orders: readonly LoggedOrder[];
  readonly packages: readonly Package[];
  readonly events: readonly LoggedEvent[];
};

/**
 * Reads an OCEL 2.0 "Order Management" log in JSON, gzipped or not.
 *
 * @throws ImportError FILE_UNREADABLE or LOG_INVALID.
 */
export async function readLog(source: Readable): Promise<OrderLog> {
  const bytes = await gather(source);
  const text = isGzip(bytes) ? await gather(gunzipped(bytes)) : bytes;
  let json: unknown;
  try {
    json = JSON.parse(text.toString('utf8'));
  } catch (cause) {
    throw new ImportError('LOG_INVALID', `The log is not JSON: ${(cause as Error).message}`, { cause });
  }
  const parsed = ocel.safeParse(json);
  if (!parsed.success)
    throw new ImportError('LOG_INVALID', `The log is not OCEL 2.0: ${z.prettifyError(parsed.error)}`);
  return new LogReader(parsed.data.objects, parsed.data.events).read();
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function gunzipped(bytes: Buffer): Readable {
  const gunzip = createGunzip();
  gunzip.end(bytes);
  return gunzip;
}

async function gather(source: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of source) chunks.push(chunk as Buffer);
  } catch (cause) {
    const message = `The file could not be read to its end: ${(cause as Error).message}`;
    throw new ImportError('FILE_UNREADABLE', message, { cause });
  }
  return Buffer.concat(chunks);
}

/** Follows the relations of the log's objects by their qualifiers. */
class LogReader {
  readonly #objects: readonly OcelObject[];
  readonly #events: readonly OcelEvent[];
  readonly #byId: ReadonlyMap<string, OcelObject>;
  readonly #items = new Map<string, Item>();
  readonly #orders = new Map<string, LoggedOrder>();
  readonly #packages = new Map<string, Package>();

  constructor(objects: readonly OcelObject[], events: readonly OcelEvent[]) {
    this.#objects = objects;
    this.#events = events;
    this.#byId = new Map(objects.map((each) => [each.id, each]));
  }

  read(): OrderLog {
    const customers = new Map<string, string>();
    for (const customer of this.#ofType('customers')) {
      for (const order of related(customer, 'places')) customers.set(order, customer.id);
    }
    for (const order of this.#ofType('orders')) this.#readOrder(order, customers.get(order.id));
    for (const each of this.#ofType('packages')) {
      const items = related(each, 'contains').map((id) => known(this.#items, id, each.id));
      this.#packages.set(each.id, { id: each.id, items, shipper: one(each, 'shipped by') });
    }
    // The file groups events by type; the sort is stable, so events of the same second keep the file's order.
    const events = this.#events
      .map((each) => this.#readEvent(each))
      .filter((each) => each !== undefined)
      .sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
    return { orders: [...this.#orders.values()], packages: [...this.#packages.values()], events };
  }

  #ofType(type: string): OcelObject[] {
    return this.#objects.filter((each) => each.type === type);
  }

  #readOrder(order: OcelObject, customer: string | undefined): void {
    if (customer === undefined) throw invalid(order.id, 'is placed by no customer');
    const items = related(order, 'comprises').map((id) => {
      const item = known(this.#byId, id, order.id);
      return { id, order: order.id, product: one(item, 'is a'), price: price(item) };
    });
    for (const item of items) this.#items.set(item.id, item);
    this.#orders.set(order.id, { id: order.id, customer, items, price: price(order) });
  }

  #readEvent(event: OcelEvent): LoggedEvent | undefined {
    const at = { id: event.id, time: new Date(event.time).toISOString() };
    const order = (): LoggedOrder => known(this.#orders, one(event, 'order'), event.id);
    const item = (): Item => known(this.#items, one(event, 'item'), event.id);
    const parcel = (): Package => known(this.#packages, one(event, 'shipped package'), event.id);
    switch (event.type) {
      case 'place order':
        return { ...at, type: 'placed', order: order() };
      case 'confirm order':
        return { ...at, type: 'confirmed', order: order(), employee: one(event, 'sales person') };
      case 'pay order':
        return { ...at, type: 'paid', order: order() };
      case 'payment reminder':
        return { ...at, type: 'reminded', order: order() };
      case 'item out of stock':
        return { ...at, type: 'outOfStock', item: item(), employee: one(event, 'employee') };
      case 'reorder item':
        return { ...at, type: 'reordered', item: item(), employee: one(event, 'employee') };
      case 'send package':
        return { ...at, type: 'sent', package: parcel() };
      case 'failed delivery':
        return { ...at, type: 'deliveryFailed', package: parcel() };
      case 'package delivered':
        return { ...at, type: 'delivered', package: parcel() };
      default:
        return undefined;
    }
  }
}

function invalid(id: string, why: string): ImportError {
  return new ImportError('LOG_INVALID', `${id} of the log ${why}.`);
}

function known<T>(objects: ReadonlyMap<string, T>, id: string, referrer: string): T {
  const found = objects.get(id);
  if (found === undefined) throw invalid(referrer, `refers to ${id}, which is not there`);
  return found;
}

type Related = { readonly id: string; readonly relationships: readonly { objectId: string; qualifier: string }[] };

function related(from: Related, qualifier: string): string[] {
  return from.relationships.filter((each) => each.qualifier === qualifier).map((each) => each.objectId);
}

function one(from: Related, qualifier: string): string {
  const [id, ...others] = related(from, qualifier);
  if (id === undefined || others.length > 0) throw invalid(from.id, `needs exactly one "${qualifier}"`);
  return id;
}

function price(object: OcelObject): number {
  const [first] = object.attributes.filter((each) => each.name === 'price');
  const cents = first === undefined ? undefined : parseDecimal(String(first.value), DIGITS);
  if (cents === undefined) throw invalid(object.id, 'has no price in euros and cents');
  return cents;
}
