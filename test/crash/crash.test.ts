import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as moment } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Address } from '../../runtime/address.ts';
import { CHAIN_START, hashOf, unpackEntry } from '../../runtime/journal.ts';
import { LevelStore } from '../../runtime/level/store.ts';
import { between, seeded } from '../../src/demo/random.ts';
import { startTestNats, type TestNats } from '../fixtures/nats.ts';
import { type Answered, Load, SKUS, type View } from './load.ts';
import { ServiceProcess } from './service-process.ts';

const KILLS = 20;
const seed = Number(process.env.ORDO_CRASH_SEED ?? Date.now() % 2 ** 31);
const random = seeded(seed);

let nats: TestNats;
let data: string;
let service: ServiceProcess;
let load: Load;
let orders: readonly View[];

beforeAll(async () => {
  console.info(`Killed at moments chosen from the seed ${seed}; ORDO_CRASH_SEED=${seed} chooses them again.`);
  nats = await startTestNats();
  data = await mkdtemp(join(tmpdir(), 'ordo-crash-'));
  load = new Load(nats.connection, seed, 12);
  service = new ServiceProcess();
  for (let kill = 0; kill < KILLS; kill += 1) {
    await service.loaded;
    const serving = service.serve(data, nats.url);
    const next = new ServiceProcess();
    await randomMoment();
    await service.end('SIGKILL');
    await serving;
    service = next;
  }
  await service.loaded;
  await service.serve(data, nats.url);
  await load.end();
  await nothingInDoubt();
  orders = await allOrders();
}, 180_000);
afterAll(async () => {
  await nats.stop();
  await rm(data, { recursive: true });
});

/** Counted in answers rather than in time alone, so that slow machines get as far as quick ones. */
async function randomMoment(): Promise<void> {
  // One in four is killed while it takes up what the one before has left open, or shortly after.
  if (random() < 0.25) return moment(between(random, 0, 400));
  await load.answers(between(random, 10, 90));
  await moment(between(random, 0, 20));
}

async function ask<Body>(subject: string, body: object = {}): Promise<Body> {
  const answer = await nats.connection.request(subject, JSON.stringify(body), { timeout: 10_000 });
  if (answer.headers?.has('Nats-Service-Error') === true) throw new Error(`${subject}: ${answer.string()}`);
  return answer.json<Body>();
}

interface Transactions {
  readonly transactions: readonly { readonly id: string; readonly state: string }[];
}

/** Waits, for a bounded time, until no transaction is under way. */
async function nothingInDoubt(): Promise<void> {
  for (const state of ['inDoubt', 'aborting']) {
    const { transactions } = await ask<Transactions>('transactions.list', { state, limit: 500 });
    for (const { id } of transactions) {
      await ask(`transactions.wait.${id.replace('~', '=7E')}`, { timeoutMs: 9_000 });
    }
  }
}

async function allOrders(): Promise<readonly View[]> {
  const found: View[] = [];
  let cursor: string | null = null;
  do {
    const page: { orders: readonly View[]; cursor: string | null } = await ask('orders.list', { limit: 500, cursor });
    for (const { id } of page.orders) found.push(await ask<View>(`orders.get.${id}`));
    cursor = page.cursor;
  } while (cursor !== null);
  return found;
}

interface Entry {
  readonly event: { readonly type: string };
  readonly cause: string;
}

async function historyOf(id: string): Promise<readonly Entry[]> {
  return (await ask<{ entries: readonly Entry[] }>(`orders.history.${id}`, { limit: 500 })).entries;
}

function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}

describe(`After SIGKILL at ${KILLS} random moments under load`, () => {
  it('there was load: every command was sent, and some were answered only when they were repeated', () => {
    const done = new Set(load.answered.filter(({ error }) => error === undefined).map(({ command }) => command));
    console.info(`${load.answered.length} answers, ${load.repeats} repeats, ${orders.length} orders`);
    expect([...done]).toEqual(
      expect.arrayContaining(['place', 'pay', 'ship', 'deliver', 'cancel', 'return', 'refund']),
    );
    expect(load.answered.length).toBeGreaterThan(200);
    expect(load.repeats).toBeGreaterThan(0);
  });

  it('no transaction is in doubt', async () => {
    for (const state of ['inDoubt', 'aborting']) {
      expect(await ask<Transactions>('transactions.list', { state })).toMatchObject({ transactions: [] });
    }
  });

  it('no order is locked', () => {
    expect(orders.filter(({ transaction }) => transaction !== null)).toEqual([]);
  });

  it('every answered command was done once, and every refused one not at all', async () => {
    const byOrder = new Map<string, Answered[]>(orders.map(({ id }) => [id, []]));
    for (const answered of load.answered) byOrder.get(answered.order)?.push(answered);
    expect(sum([...byOrder.values()], ({ length }) => length)).toBe(load.answered.length);
    for (const [id, answers] of byOrder) {
      const requests = (await historyOf(id)).filter(({ cause }) => cause.startsWith('request:'));
      const isTaken = ({ error }: Answered) => error === undefined || error === 'TRANSACTION_ABORTED';
      expect(requests.map(({ event, cause }) => `${event.type} ${cause}`)).toEqual(
        answers.filter(isTaken).map(({ command, requestId }) => `${command} request:${requestId}`),
      );
    }
  });

  it('every order is as its last command was answered', () => {
    for (const order of orders) {
      const last = load.answered.findLast(({ order: id, view }) => id === order.id && view !== undefined)?.view;
      if (last?.version === order.version) expect(order).toEqual(last);
      else expect(order.version).toBeGreaterThan(last?.version ?? 0);
    }
  });

  it('the money adds up', async () => {
    for (const { id, payment } of orders) {
      const ledger = await ask<{ authorized: number; captured: number; refunded: number }>(`payments.get.${id}`);
      const { captured, refunded } = payment;
      expect(ledger).toMatchObject({ authorized: 0, captured, refunded });
    }
  });

  it('the goods add up', async () => {
    for (const sku of SKUS) {
      interface Stock {
        readonly onHand: number;
        readonly reserved: number;
        readonly totals: Readonly<Record<'received' | 'dispatched' | 'restocked', number>>;
      }
      const { onHand, reserved, totals } = await ask<Stock>(`stock.get.${sku}`);
      const pieces = orders.flatMap(({ lines, fulfillment }) =>
        lines
          .filter((line) => line.sku === sku)
          .map((line) => ({
            ...line,
            // Also what got lost has left the shelf.
            dispatched: sum(
              fulfillment.parcels.flatMap((parcel) => parcel.lines.filter((one) => one.line === line.line)),
              ({ quantity }) => quantity,
            ),
          })),
      );
      expect({ sku, ...totals, reserved }).toMatchObject({
        sku,
        received: load.received.get(sku) ?? 0,
        dispatched: sum(pieces, ({ dispatched }) => dispatched),
        restocked: sum(pieces, ({ returned }) => returned),
        reserved: sum(pieces, (piece) => piece.reserved),
      });
      expect(onHand).toBe(totals.received - totals.dispatched + totals.restocked);
    }
  });
});

describe('When the service has ended', () => {
  it('at SIGTERM it ends well, and every journal is a whole chain of hashes up to its record', async () => {
    await service.end('SIGTERM');
    expect(service.exitCode).toBe(0);
    const store = await LevelStore.open(data);
    const last = new Map<Address, { seq: number; head: Uint8Array }>();
    let position = 0;
    for (;;) {
      const page = await store.feed(position, 1_000);
      if (page.length === 0) break;
      for (const { address, seq } of page) {
        const bytes = store.entry(address, seq) ?? new Uint8Array(0);
        const before = last.get(address) ?? { seq: 0, head: CHAIN_START };
        const { previous } = unpackEntry(bytes);
        expect({ address, seq, previous: hex(previous) }).toEqual({
          address,
          seq: before.seq + 1,
          previous: hex(before.head),
        });
        last.set(address, { seq, head: hashOf(bytes) });
        position += 1;
      }
    }
    expect(last.size).toBeGreaterThan(orders.length);
    for (const [address, { seq, head }] of last) {
      const stored = store.read(address);
      expect({ address, revision: stored?.revision, head: hex(stored?.head) }).toEqual({
        address,
        revision: seq,
        head: hex(head),
      });
    }
    await store.close();
  });
});

function hex(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('hex');
}
