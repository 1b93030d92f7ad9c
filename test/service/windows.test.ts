import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { View } from './fixtures/raw-client.ts';
import { TestService } from './fixtures/test-service.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

let service: TestService;
let id = 'W-0';
let nth = 0;

beforeAll(async () => {
  service = await TestService.start({ settings: { returnWindowMs: 30 * DAY_MS } });
  await service.client.ask('stock.receive.A', { quantity: 1_000 });
});
afterAll(() => service.stop());
beforeEach(async () => {
  nth += 1;
  id = `W-${nth}`;
  await send('place', {
    customer: 'C-17',
    currency: 'GBP',
    lines: [{ sku: 'A', quantity: 1, unitPrice: 200 }],
    fees: [{ code: 'POST', amount: 500 }],
  });
});

function send(command: string, body: object = {}): Promise<View> {
  return service.client.order(command, id, body);
}

async function sendAll(...commands: string[]): Promise<void> {
  for (const command of commands) await send(command);
}

describe('The payment window', () => {
  it('cancels an order that nobody has paid, when it is over and not before', async () => {
    await service.clock.pass(30 * MINUTE_MS - 1);
    expect(await send('get')).toMatchObject({ status: 'pending' });
    const canceled = send('wait', { status: 'canceled' });
    expect(await service.pass(1, canceled)).toMatchObject({
      status: 'canceled',
      cancelReason: 'expired',
      canceledAt: new Date(service.clock.now()).toISOString(),
      waivedFees: 500,
      payment: { status: 'unpaid', due: 0, outstanding: 0 },
      lines: [{ canceled: 1 }],
    });
  });

  it('is over for an order whose time came while nobody was there', async () => {
    await service.stopNode();
    await service.clock.pass(40 * MINUTE_MS);
    await service.startNode();
    expect(await service.pass(0, send('wait', { status: 'canceled' }))).toMatchObject({ cancelReason: 'expired' });
  });

  it('does not take the money of an order that is canceled meanwhile: the payment under way decides', async () => {
    await service.clock.pass(30 * MINUTE_MS - 1_000);
    const paying = service.client.refused(`orders.pay.${id}`, { method: { provider: 'sandbox', token: 'silent' } });
    await service.client.ask(`orders.get.${id}`);
    await service.clock.pass(1_500);
    const overdue = await service.eventually(
      () => send('get'),
      ({ state }) => state.payment === 'overdue',
    );
    expect(overdue).toMatchObject({ status: 'pending', transaction: { id: `${id}~1`, operation: 'pay' }, next: [] });
    expect((await service.pass(2_000, paying)).body).toMatchObject({ code: 'TRANSACTION_ABORTED' });
    expect(await send('get')).toMatchObject({
      status: 'canceled',
      cancelReason: 'expired',
      lastTransaction: { outcome: 'aborted', code: 'PREPARE_TIMEOUT' },
    });
  });

  it('leaves an order alone that has been paid', async () => {
    await send('pay');
    await service.clock.pass(31 * MINUTE_MS);
    expect(await send('get')).toMatchObject({ status: 'paid' });
  });
});

describe('The receipt window', () => {
  it('takes silence for a confirmation, 15 days after everything was delivered', async () => {
    await sendAll('pay', 'ship', 'deliver');
    await service.clock.pass(15 * DAY_MS - 1);
    expect(await send('get')).toMatchObject({ status: 'shipped', completedAt: null });
    const completed = send('wait', { status: 'completed' });
    expect(await service.pass(1, completed)).toMatchObject({ status: 'completed', completedAt: expect.any(String) });
  });
});

describe('The return window', () => {
  it('closes a completed order for good: only notes are taken', async () => {
    await sendAll('pay', 'ship', 'deliver', 'confirmReceipt');
    await service.clock.pass(30 * DAY_MS - 1);
    expect(await send('get')).toMatchObject({ next: ['note', 'refund', 'return'] });
    await service.clock.pass(1);
    await service.eventually(
      () => send('get'),
      ({ state }) => state.life === 'closed',
    );
    const refused = await service.client.refused(`orders.return.${id}`, { lines: [{ line: 1, quantity: 1 }] });
    expect(refused.body).toMatchObject({ code: 'NOT_ACCEPTED', details: { failed: [{ guard: 'isNotClosed' }] } });
    expect(await send('get')).toMatchObject({ status: 'completed', state: { life: 'closed' }, next: ['note'] });
  });
});

describe('A wait', () => {
  it('is answered when the status is there, at once where it is there already', async () => {
    const paid = send('wait', { status: 'paid', timeoutMs: 60_000 });
    await send('pay');
    expect(await paid).toMatchObject({ status: 'paid' });
    expect(await send('wait', { status: 'paid', timeoutMs: 0 })).toMatchObject({ status: 'paid' });
  });
});

it('has had nothing to complain about', () => {
  expect(service.errors).toEqual([]);
});
