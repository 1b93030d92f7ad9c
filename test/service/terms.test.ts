import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Json, View } from './fixtures/raw-client.ts';
import { TestService } from './fixtures/test-service.ts';

let service: TestService;
let id = 'T-0';
let nth = 0;

beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.stop());
beforeEach(async () => {
  nth += 1;
  id = `T-${nth}`;
  await service.client.ask(`stock.receive.sku-${nth}`, { quantity: 100 });
});

function send(command: string, body: object = {}): Promise<View> {
  return service.client.order(command, id, body);
}

/** Ten pieces at 200, and postage. */
function place(changes: object = {}): Promise<View> {
  return send('place', {
    customer: 'C-17',
    currency: 'GBP',
    lines: [{ sku: `sku-${nth}`, quantity: 10, unitPrice: 200 }],
    fees: [{ code: 'POST', amount: 500 }],
    ...changes,
  });
}

/** The shelf, once everybody has heard of the order's newest transaction. */
async function stock({ lastTransaction }: View): Promise<Json> {
  if (lastTransaction !== null) {
    await service.client.ask(`transactions.wait.${lastTransaction.id.replace('~', '=7E')}`);
  }
  return service.client.ask(`stock.get.sku-${nth}`);
}

describe('An order on account', () => {
  beforeEach(() => place({ terms: 'invoice' }));

  it('is shipped before it is paid, out of what is available', async () => {
    const shipped = await send('ship');
    expect(shipped).toMatchObject({
      status: 'shipped',
      terms: 'invoice',
      payment: { status: 'unpaid', outstanding: 2500, captured: 0 },
      lines: [{ reserved: 0, shipped: 10 }],
      next: ['deliver', 'note', 'pay'],
    });
    expect(await stock(shipped)).toMatchObject({ onHand: 90, reserved: 0, available: 90 });
  });

  it('that is confirmed before it is paid is completed by its payment', async () => {
    await send('ship');
    await send('deliver');
    const confirmed = await send('confirmReceipt');
    expect(confirmed).toMatchObject({
      status: 'shipped',
      completedAt: null,
      state: { life: 'open', payment: 'unpaid' },
      next: ['note', 'pay', 'return'],
    });
    expect(await send('pay')).toMatchObject({
      status: 'completed',
      payment: { status: 'paid', captured: 2500, outstanding: 0 },
      completedAt: expect.any(String),
    });
  });

  it('that is paid first reserves nothing', async () => {
    const paid = await send('pay');
    expect(paid).toMatchObject({ status: 'paid', lines: [{ reserved: 0 }], payment: { captured: 2500 } });
    expect(await stock(paid)).toMatchObject({ onHand: 100, reserved: 0 });
    expect(await service.client.ask(`transactions.get.${id}=7E1`)).toMatchObject({
      branches: [{ branch: 'order' }, { branch: 'payment' }],
    });
  });

  it('does not expire', async () => {
    await service.clock.pass(366 * 86_400_000);
    expect(await send('get')).toMatchObject({ status: 'pending', canceledAt: null });
  });

  it('owes less for what comes back unpaid, and gets no money back', async () => {
    await send('ship');
    await send('deliver');
    const returned = await send('return', { lines: [{ line: 1, quantity: 4 }] });
    expect(returned.payment).toEqual({
      status: 'unpaid',
      due: 1700,
      outstanding: 1700,
      captured: 0,
      refunded: 0,
      refundable: 0,
    });
    expect(await stock(returned)).toMatchObject({ onHand: 94 });
    expect(await send('pay')).toMatchObject({ payment: { status: 'paid', captured: 1700, outstanding: 0 } });
  });
});

describe('An order without goods', () => {
  it('is completed by its payment', async () => {
    expect(await place({ lines: undefined, fees: [{ code: 'GIFT CARD', amount: 2000 }] })).toMatchObject({
      status: 'pending',
      total: 2000,
      lines: [],
      next: ['amend', 'cancel', 'note', 'pay'],
    });
    expect(await send('pay')).toMatchObject({ status: 'completed', payment: { status: 'paid', captured: 2000 } });
  });
});

describe('An order with nothing outstanding', () => {
  it('is paid with nothing, once: its stock is reserved without a payment', async () => {
    const placed = await place({ fees: [{ code: 'VOUCHER', amount: -2000, name: 'Xmas', quantity: 1 }] });
    expect(placed).toMatchObject({
      status: 'pending',
      total: 0,
      fees: [{ code: 'VOUCHER', amount: -2000, name: 'Xmas', quantity: 1 }],
      payment: { status: 'unpaid', due: 0, outstanding: 0 },
    });
    const paid = await send('pay', { amount: 0 });
    expect(paid).toMatchObject({
      status: 'paid',
      payment: { status: 'paid', captured: 0 },
      lines: [{ reserved: 10 }],
    });
    expect(await stock(paid)).toMatchObject({ reserved: 10 });
    const { branches } = await service.client.ask<{ branches: Json[] }>(`transactions.get.${id}=7E1`);
    expect(branches.map(({ branch }) => branch)).toEqual(['order', `stock/sku-${nth}`]);
    expect(await service.client.ask(`payments.get.${id}`)).toMatchObject({ captured: 0, entries: [] });
    const again = await service.client.refused(`orders.pay.${id}`);
    expect(again.body.details).toMatchObject({ failed: [{ guard: 'isNotPaidYet' }] });
  });

  it('and without goods needs nobody to be paid', async () => {
    await place({ lines: undefined, fees: [{ code: 'FREE', amount: 0 }] });
    expect(await send('pay')).toMatchObject({ status: 'completed', lastTransaction: null });
  });
});

describe('A cancellation', () => {
  it('of the whole order before it is paid lowers what is due to nothing, fees and all', async () => {
    await place();
    expect(await send('cancel', { reason: 'customer' })).toMatchObject({
      status: 'canceled',
      total: 2500,
      waivedFees: 500,
      cancelReason: 'customer',
      canceledAt: expect.any(String),
      payment: { status: 'unpaid', due: 0, outstanding: 0 },
      lines: [{ ordered: 10, canceled: 10 }],
      lastTransaction: null,
      next: ['note'],
    });
  });

  it('of the whole order after it is paid pays all of it back and releases the stock', async () => {
    await place();
    await send('pay');
    const canceled = await send('cancel', { reason: 'customer' });
    expect(canceled).toMatchObject({
      status: 'canceled',
      waivedFees: 500,
      payment: { status: 'refunded', due: 0, captured: 2500, refunded: 2500, refundable: 0 },
      lines: [{ canceled: 10, reserved: 0 }],
      lastTransaction: { operation: 'cancel', outcome: 'committed' },
    });
    expect(await stock(canceled)).toMatchObject({ onHand: 100, reserved: 0 });
    expect(await service.client.ask(`payments.get.${id}`)).toMatchObject({ captured: 2500, refunded: 2500 });
  });

  it('of some lines pays back their price and keeps the fees', async () => {
    await place();
    await send('pay');
    const canceled = await send('cancel', { lines: [{ line: 1, quantity: 3 }] });
    expect(canceled).toMatchObject({
      status: 'paid',
      waivedFees: 0,
      cancelReason: null,
      payment: { status: 'partiallyRefunded', due: 1900, outstanding: 0, refunded: 600, refundable: 1900 },
      lines: [{ canceled: 3, reserved: 7 }],
    });
    expect(await stock(canceled)).toMatchObject({ reserved: 7, available: 93 });
  });

  it('of some lines before it is paid lowers what is outstanding', async () => {
    await place();
    const canceled = await send('cancel', { lines: [{ line: 1, quantity: 3 }] });
    expect(canceled).toMatchObject({ status: 'pending', payment: { due: 1900, outstanding: 1900 } });
    expect(await send('pay', { amount: 1900 })).toMatchObject({ lines: [{ canceled: 3, reserved: 7 }] });
  });

  it('of the last open line cancels the order where nothing has shipped', async () => {
    await place();
    await send('pay');
    await send('cancel', { lines: [{ line: 1, quantity: 9 }] });
    expect(await send('cancel', { lines: [{ line: 1, quantity: 1 }] })).toMatchObject({
      status: 'canceled',
      waivedFees: 500,
      payment: { status: 'refunded', refunded: 2500 },
    });
  });

  it('of the last open line keeps the fees where something has shipped', async () => {
    await place();
    await send('pay');
    await send('ship', { lines: [{ line: 1, quantity: 6 }] });
    expect(await send('cancel', { lines: [{ line: 1, quantity: 4 }] })).toMatchObject({
      status: 'shipped',
      waivedFees: 0,
      payment: { due: 1700, refunded: 800 },
      fulfillment: { status: 'shipped' },
    });
  });
});

describe('Money', () => {
  it('has as many digits as its currency where nothing else is said', async () => {
    expect(await place({ currency: 'JPY' })).toMatchObject({ digits: 0 });
    id = `${id}b`;
    expect(await place({ currency: 'KWD' })).toMatchObject({ digits: 3 });
    id = `${id}c`;
    expect(await place({ currency: 'GBP', digits: 3 })).toMatchObject({ digits: 3 });
  });
});

describe('An id', () => {
  it('may be any UTF-8, written in the subject byte by byte', async () => {
    const placed = await service.client.order('place', 'A=20=C3=A4=2E1=7E', {
      customer: 'C-17',
      currency: 'GBP',
      fees: [{ code: 'F', amount: 1 }],
    });
    expect(placed.id).toBe('A ä.1~');
    await service.client.order('pay', 'A=20=C3=A4=2E1=7E');
    expect(await service.client.ask('transactions.get.A=20=C3=A4=2E1=7E=7E1')).toMatchObject({ order: 'A ä.1~' });
    expect(await service.client.ask('payments.get.A=20=C3=A4=2E1=7E')).toMatchObject({ captured: 1 });
  });
});
