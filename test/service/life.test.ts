import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, View } from './fixtures/raw-client.ts';
import { TestService } from './fixtures/test-service.ts';

const PLACED = '2010-12-01T08:26:00.000Z';
const LATER = (seconds: number) => new Date(Date.parse(PLACED) + seconds * 1_000).toISOString();

let service: TestService;
let view: View;
const versions: number[] = [];

beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.stop());

/** Sends a command on the order of this life, a second after the one before. */
async function send(command: string, body: object = {}): Promise<View> {
  view = await service.client.order(command, 'SO-1001', body);
  versions.push(view.version);
  await service.clock.pass(1_000);
  return view;
}

async function stock(sku: string): Promise<Json> {
  return service.client.ask(`stock.get.${sku}`);
}

/** Waits until everybody has heard of the order's newest transaction. */
async function ended(): Promise<Json> {
  return service.client.ask(`transactions.wait.${view.lastTransaction?.id.replace('~', '=7E')}`);
}

const order = {
  customer: 'C-17',
  currency: 'GBP',
  lines: [
    { sku: '85123A', name: 'WHITE HANGING HEART', quantity: 6, unitPrice: 255 },
    { sku: 'CAKE STAND', quantity: 4, unitPrice: 1000 },
  ],
  fees: [{ code: 'POST', amount: 1800 }],
  shippingAddress: { city: 'Leeds' },
  metadata: { channel: 'web' },
  by: 'shop',
};

function line(number: number, ledger: Json): Json {
  const { sku, name = '', quantity, unitPrice } = order.lines[number - 1] ?? { quantity: 0 };
  const none = { canceled: 0, reserved: 0, shipped: 0, delivered: 0, returned: 0 };
  return { line: number, sku, name, unitPrice, ordered: quantity, ...none, ...ledger };
}

const heart = 'stock.receive.85123A';
const cake = 'stock.receive.CAKE=20STAND';

describe('A raw NATS client takes an order through its whole life:', () => {
  it('stock that was never seen is all zeros', async () => {
    expect(await stock('85123A')).toMatchObject({ sku: '85123A', onHand: 0, reserved: 0, available: 0 });
  });

  it('receives stock', async () => {
    expect(await service.client.ask(heart, { quantity: 60, by: 'dock' })).toMatchObject({ sku: '85123A', onHand: 60 });
    expect(await service.client.ask(heart, { quantity: 40 })).toMatchObject({
      sku: '85123A',
      onHand: 100,
      reserved: 0,
      available: 100,
    });
    expect(await service.client.ask(cake, { quantity: 10 })).toMatchObject({ sku: 'CAKE STAND', onHand: 10 });
  });

  it('places it', async () => {
    expect(await send('place', order)).toEqual({
      id: 'SO-1001',
      status: 'pending',
      version: 1,
      customer: 'C-17',
      currency: 'GBP',
      digits: 2,
      terms: 'prepaid',
      placedAt: PLACED,
      updatedAt: PLACED,
      total: 7330,
      lines: [line(1, {}), line(2, {})],
      fees: [{ code: 'POST', amount: 1800 }],
      waivedFees: 0,
      payment: { status: 'unpaid', due: 7330, outstanding: 7330, captured: 0, refunded: 0, refundable: 0 },
      fulfillment: { status: 'unfulfilled', parcels: [] },
      transaction: null,
      lastTransaction: null,
      cancelReason: null,
      canceledAt: null,
      completedAt: null,
      shippingAddress: { city: 'Leeds' },
      metadata: { channel: 'web' },
      notes: [],
      state: { life: 'open', payment: 'unpaid', fulfillment: 'unfulfilled', transaction: 'none' },
      next: ['amend', 'cancel', 'note', 'pay'],
    });
    expect(await service.client.ask('payments.get.SO-1001')).toEqual({
      order: 'SO-1001',
      authorized: 0,
      captured: 0,
      refunded: 0,
      entries: [],
    });
  });

  it('amends the address and writes a note', async () => {
    expect(await send('amend', { shippingAddress: { city: 'York' } })).toMatchObject({
      shippingAddress: { city: 'York' },
    });
    expect(await send('note', { text: 'call first', by: 'ann' })).toMatchObject({
      notes: [{ at: LATER(2), by: 'ann', text: 'call first' }],
    });
  });

  it('pays: the money is taken and the stock reserved', async () => {
    const wait = service.client.ask('orders.wait.SO-1001', { status: 'paid', timeoutMs: 60_000 });
    await send('pay', { amount: 7330, method: { provider: 'sandbox', token: 'ok' } });
    expect(view).toMatchObject({
      status: 'paid',
      lines: [line(1, { reserved: 6 }), line(2, { reserved: 4 })],
      payment: { status: 'paid', due: 7330, outstanding: 0, captured: 7330, refunded: 0, refundable: 7330 },
      transaction: null,
      lastTransaction: { id: 'SO-1001~1', operation: 'pay', outcome: 'committed' },
      state: { life: 'open', payment: 'paid', fulfillment: 'unfulfilled', transaction: 'none' },
      next: ['amend', 'cancel', 'note', 'refund', 'ship'],
    });
    expect(await wait).toEqual(view);
    expect(await service.client.ask('orders.get.SO-1001')).toEqual(view);
  });

  it('finds the payment, the reservations and the transaction', async () => {
    expect(await ended()).toMatchObject({
      id: 'SO-1001~1',
      order: 'SO-1001',
      operation: 'pay',
      state: 'committed',
      startedAt: LATER(3),
      deadline: expect.stringMatching(/^2010-12-01T08:26:05\.\d{3}Z$/),
      branches: [
        { participant: 'order/SO-1001', branch: 'order', vote: 'yes', outcome: 'done' },
        { participant: 'payment/SO-1001', branch: 'payment', vote: 'yes', outcome: 'done' },
        { participant: 'stock/85123A', branch: 'stock/85123A', vote: 'yes', outcome: 'done' },
        { participant: 'stock/CAKE STAND', branch: 'stock/CAKE STAND', vote: 'yes', outcome: 'done' },
      ],
    });
    expect(await service.client.ask('transactions.get.SO-1001=7E1')).toEqual(await ended());
    expect(await service.client.ask('payments.get.SO-1001')).toEqual({
      order: 'SO-1001',
      authorized: 0,
      captured: 7330,
      refunded: 0,
      entries: [
        {
          id: expect.any(String),
          kind: 'charge',
          amount: 7330,
          at: LATER(3),
          transaction: 'SO-1001~1',
          reason: null,
        },
      ],
    });
    expect(await stock('85123A')).toMatchObject({ onHand: 100, reserved: 6, available: 94 });
    expect(await stock('CAKE=20STAND')).toMatchObject({ onHand: 10, reserved: 4, available: 6 });
  });

  it('ships some of it', async () => {
    const lines = [
      { line: 1, quantity: 4 },
      { line: 2, quantity: 2 },
    ];
    await send('ship', { lines, carrier: 'DHL', tracking: 'JD014' });
    expect(view).toMatchObject({
      status: 'paid',
      lines: [line(1, { reserved: 2, shipped: 4 }), line(2, { reserved: 2, shipped: 2 })],
      fulfillment: {
        status: 'partiallyShipped',
        parcels: [
          {
            id: 'P1',
            status: 'underWay',
            lines,
            carrier: 'DHL',
            tracking: 'JD014',
            shippedAt: LATER(4),
            deliveredAt: null,
            attempts: 0,
          },
        ],
      },
      next: ['amend', 'deliver', 'note', 'refund', 'ship'],
    });
    expect(await ended()).toMatchObject({ operation: 'ship', state: 'committed' });
    expect(await stock('85123A')).toMatchObject({ onHand: 96, reserved: 2, available: 94 });
  });

  it('ships the rest in a second parcel', async () => {
    await send('ship');
    expect(view).toMatchObject({
      status: 'shipped',
      lines: [line(1, { shipped: 6 }), line(2, { shipped: 4 })],
      fulfillment: {
        status: 'shipped',
        parcels: [{ id: 'P1' }, { id: 'P2', carrier: null, tracking: null, shippedAt: LATER(5) }],
      },
      next: ['deliver', 'note', 'refund'],
    });
    await ended();
    expect(await stock('CAKE=20STAND')).toMatchObject({ onHand: 6, reserved: 0, available: 6 });
  });

  it('delivers the first parcel; the second fails to arrive, then gets lost', async () => {
    await send('deliver', { parcel: 'P1' });
    expect(view.fulfillment.parcels[0]).toMatchObject({ id: 'P1', status: 'delivered', deliveredAt: LATER(6) });
    expect(view).toMatchObject({ status: 'shipped', lines: [{ delivered: 4 }, { delivered: 2 }] });
    await send('deliver', { parcel: 'P2', failed: true, reason: 'nobody at home' });
    expect(view.fulfillment.parcels[1]).toMatchObject({ id: 'P2', status: 'underWay', attempts: 1, deliveredAt: null });
    await send('deliver', { parcel: 'P2', lost: true });
    expect(view).toMatchObject({
      status: 'paid',
      lines: [line(1, { shipped: 4, delivered: 4 }), line(2, { shipped: 2, delivered: 2 })],
      fulfillment: { status: 'partiallyShipped', parcels: [{ status: 'delivered' }, { status: 'lost' }] },
      next: ['amend', 'note', 'refund', 'return', 'ship'],
    });
  });

  it('ships what was lost again, out of what is available', async () => {
    await send('ship', { carrier: 'UPS' });
    expect(view).toMatchObject({
      status: 'shipped',
      fulfillment: {
        status: 'shipped',
        parcels: [
          { id: 'P1' },
          { id: 'P2' },
          {
            id: 'P3',
            lines: [
              { line: 1, quantity: 2 },
              { line: 2, quantity: 2 },
            ],
            carrier: 'UPS',
          },
        ],
      },
    });
    await ended();
    expect(await stock('85123A')).toMatchObject({ onHand: 92, reserved: 0, available: 92 });
    expect(await stock('CAKE=20STAND')).toMatchObject({ onHand: 4, reserved: 0, available: 4 });
  });

  it('delivers all that is under way', async () => {
    await send('deliver');
    expect(view).toMatchObject({
      status: 'shipped',
      lines: [line(1, { shipped: 6, delivered: 6 }), line(2, { shipped: 4, delivered: 4 })],
      fulfillment: { status: 'delivered', parcels: [{}, { status: 'lost' }, { status: 'delivered' }] },
      completedAt: null,
      next: ['confirmReceipt', 'note', 'refund', 'return'],
    });
  });

  it('confirms the receipt: the order is completed', async () => {
    await send('confirmReceipt', { by: 'C-17' });
    expect(view).toMatchObject({
      status: 'completed',
      completedAt: LATER(11),
      updatedAt: LATER(11),
      state: { life: 'completed', payment: 'paid', transaction: 'none' },
      next: ['note', 'refund', 'return'],
    });
  });

  it('returns some, restocked and paid back at its price', async () => {
    await send('return', { lines: [{ line: 1, quantity: 2 }], reason: 'too many' });
    expect(view).toMatchObject({
      status: 'completed',
      total: 7330,
      lines: [line(1, { shipped: 6, delivered: 6, returned: 2 }), {}],
      payment: {
        status: 'partiallyRefunded',
        due: 6820,
        outstanding: 0,
        captured: 7330,
        refunded: 510,
        refundable: 6820,
      },
    });
    await ended();
    expect(await stock('85123A')).toMatchObject({ onHand: 94, reserved: 0, available: 94 });
  });

  it('returns some that are written off, for the money that was agreed on', async () => {
    await send('return', { lines: [{ line: 2, quantity: 1, restock: false }], reason: 'damaged', refund: 600 });
    expect(view.payment).toEqual({
      status: 'partiallyRefunded',
      due: 5820,
      outstanding: 0,
      captured: 7330,
      refunded: 1110,
      refundable: 6220,
    });
    await ended();
    expect(await stock('CAKE=20STAND')).toMatchObject({ onHand: 4, reserved: 0, available: 4 });
  });

  it('pays back the rest without goods', async () => {
    await send('refund', { amount: 20, reason: 'goodwill' });
    expect(view.payment).toMatchObject({ status: 'partiallyRefunded', refunded: 1130, refundable: 6200 });
    await send('refund', { amount: 6200, reason: 'goodwill' });
    expect(view).toMatchObject({
      status: 'completed',
      payment: { status: 'refunded', refunded: 7330, refundable: 0 },
      next: ['note', 'return'],
    });
    await ended();
    const { captured, refunded, entries } = await service.client.ask<Json & { entries: Json[] }>(
      'payments.get.SO-1001',
    );
    expect({ captured, refunded }).toEqual({ captured: 7330, refunded: 7330 });
    expect(entries.map(({ kind, amount, reason }) => [kind, amount, reason])).toEqual([
      ['charge', 7330, null],
      ['refund', 510, 'too many'],
      ['refund', 600, 'damaged'],
      ['refund', 20, 'goodwill'],
      ['refund', 6200, 'goodwill'],
    ]);
  });

  it('has seen another version after each command', () => {
    expect([...new Set(versions)]).toEqual(versions);
  });

  it('reads in its history what happened, who did it, and how the states changed', async () => {
    type Entry = Json & { readonly seq: number; readonly event: { readonly type: string } };
    const { entries } = await service.client.ask<{ entries: Entry[] }>('orders.history.SO-1001', { limit: 500 });
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    expect(entries.at(-1)?.seq).toBe(view.version);
    const commands = ['place', 'amend', 'note', 'pay', 'ship', 'deliver', 'confirmReceipt', 'return', 'refund'];
    expect(entries.map(({ event }) => event.type).filter((type) => commands.includes(type))).toEqual(
      ['place', 'amend', 'note', 'pay', 'ship', 'ship', 'deliver', 'deliver', 'deliver', 'ship', 'deliver'].concat([
        'confirmReceipt',
        'return',
        'return',
        'refund',
        'refund',
      ]),
    );
    expect(entries[0]).toMatchObject({
      seq: 1,
      at: PLACED,
      event: { type: 'place', customer: 'C-17' },
      by: 'shop',
      cause: 'command',
      from: null,
      to: { life: 'open', payment: 'unpaid', fulfillment: 'unfulfilled', transaction: 'none' },
    });
    expect(entries.find(({ event }) => event.type === 'note')).toMatchObject({
      by: 'ann',
      event: { type: 'note', text: 'call first' },
    });
    expect(entries.find(({ event }) => event.type === 'pay')).toMatchObject({
      from: { transaction: 'none' },
      to: { transaction: 'prepared' },
    });
    expect(entries.find(({ event }) => event.type === 'commit')).toMatchObject({
      cause: expect.stringContaining('transaction/SO-1001~1'),
      from: { payment: 'unpaid', transaction: 'prepared' },
      to: { payment: 'paid', transaction: 'none' },
    });
    const page = await service.client.ask<{ entries: Entry[] }>('orders.history.SO-1001', { after: 3, limit: 2 });
    expect(page.entries).toEqual(entries.slice(3, 5));
    const end = await service.client.ask('orders.history.SO-1001', { after: entries.length });
    expect(end).toEqual({ entries: [] });
  });

  it('is told what the order takes, and why not the rest', async () => {
    const { commands } = await service.client.ask<{ commands: (Json & { command: string })[] }>(
      'orders.explain.SO-1001',
    );
    const explained = new Map(commands.map((one) => [one.command, one]));
    expect([...explained.keys()].toSorted()).toEqual(
      ['amend', 'cancel', 'confirmReceipt', 'deliver', 'note', 'pay', 'refund', 'return', 'ship'].toSorted(),
    );
    expect(explained.get('return')).toEqual({ command: 'return', accepted: true, failed: [] });
    expect(explained.get('refund')).toMatchObject({
      accepted: false,
      failed: [{ guard: 'isRefundable', why: expect.any(String), accepted: 0 }],
    });
    expect(explained.get('pay')).toMatchObject({ accepted: false, failed: [{ guard: 'isNotCompleted' }, {}] });
  });

  it('asks what would be, and nothing is written', async () => {
    const events = [
      { type: 'return', lines: [{ line: 2, quantity: 3 }], refund: 0 },
      { type: 'return', lines: [{ line: 2, quantity: 1 }], refund: 0 },
      { type: 'note', text: 'and then' },
    ];
    const { steps } = await service.client.ask<{ steps: Json[] }>('orders.whatIf.SO-1001', { events });
    expect(steps).toMatchObject([
      {
        event: { type: 'return' },
        accepted: true,
        state: { life: 'completed', transaction: 'none' },
        failed: [],
      },
      { accepted: false, effects: [], failed: [{ guard: 'linesWereDelivered', accepted: 0 }] },
      { accepted: true, effects: [], failed: [] },
    ]);
    expect(steps[0]?.effects).toContainEqual(
      expect.objectContaining({ participant: 'stock/CAKE STAND', operation: 'restock' }),
    );
    expect(steps[0]?.effects).toContainEqual(expect.objectContaining({ kind: 'announce', type: 'returned' }));
    expect(await service.client.ask('orders.get.SO-1001')).toEqual(view);
    expect(await stock('CAKE=20STAND')).toMatchObject({ onHand: 4 });
  });

  it('finds it after a restart as it was', async () => {
    await service.restart();
    expect(await service.client.ask('orders.get.SO-1001')).toEqual(view);
    expect(service.errors).toEqual([]);
  });
});
