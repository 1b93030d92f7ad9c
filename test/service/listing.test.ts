import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from './fixtures/raw-client.ts';
import { TestService } from './fixtures/test-service.ts';

interface Page {
  readonly orders: readonly Json[];
  readonly cursor: string | null;
}

let service: TestService;
const day = (number: number) => `2010-11-${String(number).padStart(2, '0')}T12:00:00.000Z`;

beforeAll(async () => {
  service = await TestService.start();
  await service.client.ask('stock.receive.A', { quantity: 1_000 });
  // Twelve orders of two customers, placed in no order; every third is paid, one is canceled.
  for (const number of [7, 3, 11, 1, 9, 5, 2, 12, 4, 10, 6, 8]) {
    await service.client.order('place', `L-${number}`, {
      customer: number % 2 === 0 ? 'even' : 'odd',
      currency: 'GBP',
      lines: [{ sku: 'A', quantity: 1, unitPrice: number }],
      fees: [{ code: 'POST', amount: 1 }],
      placedAt: day(number),
    });
    if (number % 3 === 0) await service.client.order('pay', `L-${number}`);
  }
  await service.client.order('cancel', 'L-1');
});
afterAll(() => service.stop());

async function list(body: object = {}): Promise<Page> {
  return service.client.ask<Page>('orders.list', body);
}

async function ids(body: object): Promise<unknown[]> {
  return (await list(body)).orders.map(({ id }) => id);
}

const named = (...numbers: number[]) => numbers.map((number) => `L-${number}`);

describe('A list of orders', () => {
  it('is oldest first by when they were placed, and ends with a null cursor', async () => {
    expect(await ids({})).toEqual(named(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
    expect((await list()).cursor).toBeNull();
  });

  it('shows each without lines, fees, parcels and notes', async () => {
    const [first] = (await list({ status: 'paid' })).orders;
    const { lines, fees, notes, fulfillment, next, ...rest } = await service.client.order('get', 'L-3');
    expect(first).toMatchObject({ ...rest, fulfillment: { status: 'unfulfilled' } });
    expect(Object.keys(first ?? {})).not.toContain('lines');
    expect(first).not.toHaveProperty('fees');
    expect(first).not.toHaveProperty('notes');
    expect(first).not.toHaveProperty('fulfillment.parcels');
  });

  it('is narrowed down by status, customer and when they were placed', async () => {
    expect(await ids({ status: 'paid' })).toEqual(named(3, 6, 9, 12));
    expect(await ids({ status: 'canceled' })).toEqual(named(1));
    expect(await ids({ customer: 'odd' })).toEqual(named(1, 3, 5, 7, 9, 11));
    expect(await ids({ customer: 'even', status: 'paid' })).toEqual(named(6, 12));
    expect(await ids({ customer: 'nobody' })).toEqual([]);
    expect(await ids({ placedFrom: day(4), placedTo: day(6) })).toEqual(named(4, 5, 6));
    expect(await ids({ status: 'pending', placedFrom: day(10) })).toEqual(named(10, 11));
  });

  it('goes on at its cursor, page by page, whatever is placed meanwhile', async () => {
    const seen: unknown[] = [];
    let cursor: string | null = null;
    do {
      const page: Page = await list({ customer: 'odd', limit: 2, cursor });
      expect(page.orders.length).toBeLessThanOrEqual(2);
      seen.push(...page.orders.map(({ id }) => id));
      cursor = page.cursor;
      if (seen.length === 2) {
        await service.client.order('place', 'L-0', {
          customer: 'odd',
          currency: 'GBP',
          fees: [{ code: 'F', amount: 1 }],
          placedAt: day(1),
        });
      }
    } while (cursor !== null);
    expect(seen).toEqual(named(1, 3, 5, 7, 9, 11));
  });

  it('refuses a cursor that it has not given', async () => {
    for (const cursor of ['nonsense', 'WzEsIngiXQ', '']) {
      const { body } = await service.client.refused('orders.list', { cursor });
      expect(body).toMatchObject({ code: 'INVALID_REQUEST', details: { fields: [{ path: 'cursor' }] } });
    }
  });

  it('ends a page early rather than grow beyond a message', async () => {
    const metadata = { text: 'x'.repeat(16_000) };
    for (let number = 1; number <= 40; number += 1) {
      await service.client.order('place', `BIG-${number}`, {
        customer: 'big',
        currency: 'GBP',
        fees: [{ code: 'F', amount: 1 }],
        metadata,
      });
    }
    const first = await list({ customer: 'big', limit: 500 });
    expect(Buffer.byteLength(JSON.stringify(first))).toBeLessThan(512 * 1024);
    expect(first.orders.length).toBeLessThan(40);
    const rest = await list({ customer: 'big', limit: 500, cursor: first.cursor });
    expect(first.orders.length + rest.orders.length).toBe(40);
    expect(rest.cursor).toBeNull();
  });
});

describe('The counts', () => {
  it('say how many orders are in each status and state, also after a restart', async () => {
    const counts = await service.client.ask('orders.counts');
    expect(counts).toMatchObject({
      status: { pending: 48, paid: 4, canceled: 1 },
      state: { 'life.open': 52, 'life.canceled': 1, 'payment.paid': 4, 'transaction.none': 53 },
    });
    await service.restart();
    expect(await service.client.ask('orders.counts')).toEqual(counts);
  });
});

describe('A list of transactions', () => {
  it('is oldest first, by state and age, page by page', async () => {
    interface Transactions {
      readonly transactions: readonly Json[];
      readonly cursor: string | null;
    }
    const all = await service.client.ask<Transactions>('transactions.list', {});
    expect(all.transactions.map(({ id }) => id).toSorted()).toEqual(['L-12~1', 'L-3~1', 'L-6~1', 'L-9~1'].toSorted());
    const first = await service.client.ask<Transactions>('transactions.list', { state: 'committed', limit: 3 });
    expect(first.transactions).toEqual(all.transactions.slice(0, 3));
    const { cursor } = first;
    const rest = await service.client.ask<Transactions>('transactions.list', { state: 'committed', limit: 3, cursor });
    expect(rest).toEqual({ transactions: all.transactions.slice(3), cursor: null });
    for (const body of [{ state: 'inDoubt' }, { state: 'aborted' }, { olderThanMs: 60_000 }]) {
      expect(await service.client.ask('transactions.list', body)).toEqual({ transactions: [], cursor: null });
    }
    await service.clock.pass(60_000);
    const old = await service.client.ask<Transactions>('transactions.list', { olderThanMs: 60_000 });
    expect(old.transactions).toHaveLength(4);
  });
});
