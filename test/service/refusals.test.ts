import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everything, expectError } from './fixtures/error-case.ts';
import { TestService } from './fixtures/test-service.ts';

type Sent = readonly [command: string, body?: object];
interface Failed {
  readonly guard: string;
  readonly why?: string;
  /** The quantity or amount that would be accepted. */
  readonly accepted?: number;
}

let service: TestService;
let nth = 0;

beforeAll(async () => {
  service = await TestService.start();
  await service.client.ask('stock.receive.A', { quantity: 10_000 });
});
afterAll(() => service.stop());

/** An order of ten pieces at 200 and five at 40, postage 300: 2500 in all. */
async function orderAfter(steps: readonly Sent[], terms = 'prepaid'): Promise<string> {
  nth += 1;
  const id = `R-${nth}`;
  await service.client.order('place', id, {
    customer: 'C-17',
    currency: 'GBP',
    terms,
    lines: [
      { sku: 'A', quantity: 10, unitPrice: 200 },
      { sku: 'A', quantity: 5, unitPrice: 40 },
    ],
    fees: [{ code: 'POST', amount: 300 }],
  });
  for (const [command, body] of steps) await service.client.order(command, id, body);
  if (steps.length > 0) await quiet(id);
  return id;
}

/** Waits until everybody has heard of the order's newest transaction. */
async function quiet(id: string): Promise<void> {
  const { lastTransaction } = await service.client.order('get', id);
  if (lastTransaction === null) return;
  await service.client.ask(`transactions.wait.${lastTransaction.id.replace('~', '=7E')}`);
}

const some = (line: number, quantity: number) => ({ lines: [{ line, quantity }] });
const paid: readonly Sent[] = [['pay']];
const partlyShipped: readonly Sent[] = [['pay'], ['ship', some(1, 4)]];
const shipped: readonly Sent[] = [['pay'], ['ship']];
const delivered: readonly Sent[] = [...shipped, ['deliver']];
const completed: readonly Sent[] = [...delivered, ['confirmReceipt']];
const canceled: readonly Sent[] = [['cancel']];

const refusals: readonly (readonly [name: string, steps: readonly Sent[], sent: Sent, failed: readonly Failed[]])[] = [
  ['less than is outstanding', [], ['pay', { amount: 2499 }], [{ guard: 'amountIsOutstanding', accepted: 2500 }]],
  ['more than is outstanding', [], ['pay', { amount: 2501 }], [{ guard: 'amountIsOutstanding', accepted: 2500 }]],
  ['a second payment', paid, ['pay'], [{ guard: 'isNotPaidYet' }]],
  ['the payment of a canceled order', canceled, ['pay'], [{ guard: 'isNotCanceled' }]],
  ['a shipment before the payment', [], ['ship'], [{ guard: 'isPaidOrOnAccount' }]],
  ['the shipment of more than is open', paid, ['ship', some(1, 11)], [{ guard: 'linesAreOpen', accepted: 10 }]],
  [
    'the shipment of what is left and more',
    partlyShipped,
    ['ship', some(1, 7)],
    [{ guard: 'linesAreOpen', accepted: 6 }],
  ],
  [
    'the shipment of a line that is not there',
    paid,
    ['ship', some(3, 1)],
    [{ guard: 'linesAreOpen', why: 'line 3 is unknown', accepted: 0 }],
  ],
  ['the shipment of nothing', shipped, ['ship'], [{ guard: 'somethingIsOpen' }]],
  [
    'the shipment of a canceled order',
    [...paid, ['cancel']],
    ['ship'],
    [{ guard: 'isNotCanceled' }, { guard: 'somethingIsOpen' }],
  ],
  ['a delivery of nothing', paid, ['deliver'], [{ guard: 'somethingIsUnderWay' }]],
  [
    'the delivery of a parcel that is not there',
    shipped,
    ['deliver', { parcel: 'P2' }],
    [{ guard: 'parcelIsUnderWay', why: 'parcel P2 is unknown' }],
  ],
  [
    'the loss of a parcel that has arrived',
    [...partlyShipped, ['deliver'], ['ship']],
    ['deliver', { parcel: 'P1', lost: true }],
    [{ guard: 'parcelIsUnderWay', why: 'parcel P1 is delivered' }],
  ],
  [
    'a confirmation while units are open',
    partlyShipped,
    ['confirmReceipt'],
    [{ guard: 'nothingIsOpen' }, { guard: 'everythingIsDelivered' }],
  ],
  ['a confirmation while a parcel is under way', shipped, ['confirmReceipt'], [{ guard: 'everythingIsDelivered' }]],
  ['a second confirmation', completed, ['confirmReceipt'], [{ guard: 'isNotConfirmed' }]],
  ['the cancellation of all once some has shipped', partlyShipped, ['cancel'], [{ guard: 'nothingHasShipped' }]],
  ['the cancellation of more than is open', paid, ['cancel', some(2, 6)], [{ guard: 'linesAreOpen', accepted: 5 }]],
  [
    'the cancellation of a line that is not there',
    [],
    ['cancel', some(9, 1)],
    [{ guard: 'linesAreOpen', why: 'line 9 is unknown', accepted: 0 }],
  ],
  ['a second cancellation', canceled, ['cancel'], [{ guard: 'isNotCanceled' }]],
  [
    'the cancellation of a completed order',
    completed,
    ['cancel'],
    [{ guard: 'isNotCompleted' }, { guard: 'nothingHasShipped' }],
  ],
  [
    'the return of more than was delivered',
    delivered,
    ['return', some(1, 11)],
    [{ guard: 'linesWereDelivered', accepted: 10 }],
  ],
  [
    'the return of what has come back already',
    [...delivered, ['return', some(1, 8)]],
    ['return', some(1, 3)],
    [{ guard: 'linesWereDelivered', accepted: 2 }],
  ],
  [
    'the return of a line that is not there',
    delivered,
    ['return', some(3, 1)],
    [{ guard: 'linesWereDelivered', why: 'line 3 is unknown', accepted: 0 }],
  ],
  [
    'a return before the delivery',
    shipped,
    ['return', some(1, 1)],
    [{ guard: 'somethingIsReturnable' }, { guard: 'linesWereDelivered', accepted: 0 }],
  ],
  [
    'a return for more than is refundable',
    delivered,
    ['return', { ...some(1, 1), refund: 2501 }],
    [{ guard: 'isRefundable', accepted: 2500 }],
  ],
  [
    'a refund of more than is refundable',
    [...paid, ['refund', { amount: 500 }]],
    ['refund', { amount: 2001 }],
    [{ guard: 'isRefundable', accepted: 2000 }],
  ],
  ['a refund of what was not paid', [], ['refund', { amount: 1 }], [{ guard: 'isRefundable', accepted: 0 }]],
  [
    'a new address once all has shipped',
    shipped,
    ['amend', { shippingAddress: {} }],
    [{ guard: 'somethingIsToBeShipped' }],
  ],
  ['a new address of a canceled order', canceled, ['amend', { shippingAddress: {} }], [{ guard: 'isNotCanceled' }]],
];

describe('NOT_ACCEPTED names the guard and what would be accepted, and nothing has changed, for', () => {
  it.each(refusals)('%s', async (_name, steps, [command, body], failed) => {
    const id = await orderAfter(steps);
    const before = await everything(service, ['A']);
    const { state, next } = await service.client.order('get', id);
    await expectError(service, 'NOT_ACCEPTED', {
      subject: `orders.${command}.${id}`,
      ...(body !== undefined && { body }),
      details: { state, accepts: next, failed: failed.map((one) => ({ why: expect.stringMatching(/./), ...one })) },
    });
    expect(await everything(service, ['A'])).toEqual(before);
  });

  it('a transaction that has ended', async () => {
    const id = await orderAfter(paid);
    await expectError(service, 'NOT_ACCEPTED', {
      subject: `transactions.resolve.${id}=7E1`,
      body: { branch: 'payment', outcome: 'aborted', by: 'ann', reason: 'x' },
      details: { state: { state: 'committed' }, accepts: [] },
    });
  });

  it('more stock than can be counted', async () => {
    await service.client.ask('stock.receive.FULL', { quantity: Number.MAX_SAFE_INTEGER });
    await expectError(service, 'NOT_ACCEPTED', {
      subject: 'stock.receive.FULL',
      body: { quantity: 1 },
      details: { failed: [{ guard: 'mayReceive' }] },
    });
  });
});

describe('What would be accepted', () => {
  it('is accepted', async () => {
    for (const [, steps, [command, body = {}], failed] of refusals) {
      const accepted = failed.length === 1 ? failed[0]?.accepted : undefined;
      if (accepted === undefined || accepted === 0) continue;
      const id = await orderAfter(steps);
      const { lines } = body as { lines?: readonly { line: number }[] };
      const corrected = lines === undefined ? { amount: accepted } : some(lines[0]?.line ?? 1, accepted);
      const refund = 'refund' in body ? { ...body, refund: accepted } : corrected;
      expect(await service.client.order(command, id, refund)).toMatchObject({ id });
    }
  });
});

describe('What is wrong is looked for in this order:', () => {
  it('validity, existence, remembered answer, version, lock, acceptance', async () => {
    const id = await orderAfter([]);
    const first = { 'Ordo-Request-Id': 'first' };
    await service.client.order('note', id, { text: 'x' }, first);
    await expectError(service, 'INVALID_REQUEST', { subject: 'orders.pay.nobody', body: { amount: -1 } });
    await expectError(service, 'ORDER_NOT_FOUND', { subject: 'orders.pay.nobody', body: { expectedVersion: 9 } });
    const reused = { subject: `orders.note.${id}`, body: { text: 'y', expectedVersion: 9 }, headers: first };
    await expectError(service, 'REQUEST_ID_REUSED', reused);
    const paying = service.client.send(
      `orders.pay.${id}`,
      JSON.stringify({ method: { provider: 'sandbox', token: 'silent' } }),
    );
    await service.prepared(`${id}~1`, 2);
    await expectError(service, 'VERSION_CONFLICT', { subject: `orders.ship.${id}`, body: { expectedVersion: 1 } });
    await expectError(service, 'LOCKED', { subject: `orders.ship.${id}` });
    await service.pass(3_000, paying);
    await expectError(service, 'NOT_ACCEPTED', { subject: `orders.ship.${id}` });
  });
});

it('Nothing of it was worth an error in the log', () => {
  expect(service.errors).toEqual([]);
});
