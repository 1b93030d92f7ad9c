import type { OrderContext } from '../../machines/order/order-context.ts';
import type { ParticipantContext } from '../../machines/participant/participant-machine.ts';
import type { PaymentBook } from '../../machines/payment.ts';
import type { ShipmentBook } from '../../machines/shipment.ts';
import type { StockBook } from '../../machines/stock.ts';
import { type Address, keyOf, typeOf } from '../../runtime/address.ts';
import { unpackEntry } from '../../runtime/journal.ts';
import type { ActorRecord } from '../../runtime/record.ts';
import type { Answered } from './customer.ts';
import { must } from './safety.ts';
import type { World } from './world.ts';

/** What must hold once the world has healed and come to rest: nothing is in doubt, and everything adds up. */
export async function checkHarmony(world: World, answered: readonly Answered[]): Promise<void> {
  const records = await recordsOf(world);
  for (const [address, record] of records) checkRest(address, record);
  must(world.service.held.length === 0, () => `service:psp still holds ${world.service.held.join(', ')}`);
  checkMoney(world, records);
  checkGoods(records);
  await checkAnswers(world, answered);
  await checkNews(world);
}

type Records = ReadonlyMap<Address, ActorRecord>;

/** Every actor that has a record. */
async function recordsOf(world: World): Promise<Records> {
  const records = new Map<Address, ActorRecord>();
  for (const { address } of await world.disk.store.feed(0, Number.POSITIVE_INFINITY)) {
    const record = world.safety.record(address);
    if (record !== undefined) records.set(address, record);
  }
  return records;
}

/** Nobody waits for anything, and no transaction is in doubt. */
function checkRest(address: Address, { asks, waiting, value, context }: ActorRecord): void {
  must(asks.length === 0, () => `${address} still asks ${asks.map(({ id, to }) => `${id} of ${to}`).join(', ')}`);
  must(waiting.length === 0, () => `${address} has not answered a command`);
  switch (typeOf(address)) {
    case 'order':
      must((context as OrderContext).transaction === null, () => `${address} is not settled`);
      return;
    case 'transaction':
      must(value === 'committed' || value === 'aborted', () => `${address} is ${value}`);
      return;
    default:
      must((context as ParticipantContext<unknown>).held.length === 0, () => `${address} still holds branches`);
  }
}

function ordersIn(records: Records): readonly OrderContext[] {
  return [...records].flatMap(([address, { context }]) =>
    typeOf(address) === 'order' ? [context as OrderContext] : [],
  );
}

function checkMoney(world: World, records: Records): void {
  for (const order of ordersIn(records)) {
    const context = records.get(`payment/${order.id}` as Address)?.context;
    const book = (context as ParticipantContext<PaymentBook> | undefined)?.book;
    const account = order.settings.participants.payment === undefined ? book : world.service.account(order.id);
    const { captured, refunded } = account ?? { captured: 0, refunded: 0 };
    must(
      captured === order.captured && refunded === order.refunded,
      () => `order/${order.id}: ${order.captured} − ${order.refunded}, its account: ${captured} − ${refunded}`,
    );
  }
}

function checkGoods(records: Records): void {
  const orders = ordersIn(records);
  for (const [address, { context }] of records) {
    if (typeOf(address) !== 'stock') continue;
    const { reserved, dispatched, restocked, writtenOff } = (context as ParticipantContext<StockBook>).book;
    const lines = orders.flatMap((order) => order.lines.map((line) => ({ ...line, lost: lostOf(order, line.line) })));
    const own = lines.filter(({ sku }) => sku === keyOf(address));
    const sum = (column: 'reserved' | 'shipped' | 'lost' | 'returned') =>
      own.reduce((total, line) => total + line[column], 0);
    const expected = [sum('reserved'), sum('shipped') + sum('lost'), sum('returned')];
    const there = [reserved, dispatched, restocked + writtenOff];
    must(expected.join() === there.join(), () => `${address} has ${there.join()}, the orders have ${expected.join()}`);
  }
  for (const order of orders) {
    const context = records.get(`shipment/${order.id}` as Address)?.context;
    const parcels = (context as ParticipantContext<ShipmentBook> | undefined)?.book.parcels ?? [];
    const ids = [parcels.map(({ parcel }) => parcel).join(), order.parcels.map(({ id }) => id).join()];
    must(ids[0] === ids[1], () => `order/${order.id} has the parcels ${ids[1]}, its carriers ${ids[0]}`);
  }
}

/** Units that left the stock in parcels that got lost. */
function lostOf({ parcels }: OrderContext, line: number): number {
  return parcels
    .filter(({ status }) => status === 'lost')
    .flatMap(({ lines }) => lines)
    .reduce((total, one) => total + (one.line === line ? one.quantity : 0), 0);
}

/** Every answer that a client has got stands in the journal, byte for byte. */
async function checkAnswers(world: World, answered: readonly Answered[]): Promise<void> {
  for (const { address, request, bytes } of answered) {
    const record = world.safety.record(address);
    const seq = record?.requests.find(({ id }) => id === request)?.seq ?? 0;
    const entry = world.disk.store.entry(address, seq);
    const kept = entry === undefined ? undefined : unpackEntry(entry).answer;
    must(
      kept !== undefined && Buffer.from(kept.bytes).toString('utf8') === bytes,
      () => `${request} was answered, and ${address} knows nothing of it`,
    );
  }
}

/** Whatever an actor announced was published, in its order, at least once. */
async function checkNews(world: World): Promise<void> {
  const published = new Map<Address, string[]>();
  const seen = new Set<string>();
  for (const { address, seq, index } of world.published) {
    const place = `${seq}/${index}`;
    if (seen.has(`${address}/${place}`)) continue;
    seen.add(`${address}/${place}`);
    published.set(address, [...(published.get(address) ?? []), place]);
  }
  const addresses = new Set((await world.disk.store.feed(0, Number.POSITIVE_INFINITY)).map(({ address }) => address));
  for (const address of addresses) {
    const entries = await world.disk.store.history(address, 0, Number.POSITIVE_INFINITY);
    const announced = entries.flatMap(({ seq, bytes }) =>
      unpackEntry(bytes).announcements.map((_, index) => `${seq}/${index}`),
    );
    const there = published.get(address) ?? [];
    must(
      announced.join() === there.join(),
      () => `${address} announced ${announced.join()}, published: ${there.join()}`,
    );
  }
}
