import { describe, expect, it } from 'vitest';
import type { OrderContext, Work } from '../../machines/order/order-context.ts';
import {
  ACTOR_VOTE_MS,
  ACTOR_VOTE_MS_A_BRANCH,
  branchesOf,
  needsNobody,
  type Transactional,
  workOf,
} from '../../machines/order/plan.ts';
import { settings } from './fixtures/order.ts';
import { ledger, line } from './fixtures/order-context.ts';

const NOW = 1_000;

type WithoutTime<T> = T extends unknown ? Omit<T, 'at'> : never;

function asked(event: WithoutTime<Transactional>): Transactional {
  return { ...event, at: NOW } as Transactional;
}

function refundIn(work: Work): number | undefined {
  return 'refund' in work ? work.refund : undefined;
}

/** What each branch is asked to do, in one line: `stock/A dispatch 4 (1 reserved)`. */
function branches(order: OrderContext, event: WithoutTime<Transactional>): readonly string[] {
  const command = asked(event);
  return branchesOf(order, workOf(order, command), command, NOW).map(({ branch, operation, args }) => {
    const { amount, quantity, fromReservation } = args as Readonly<Record<string, number | undefined>>;
    const much = amount ?? quantity;
    return [
      branch,
      operation,
      ...(much === undefined ? [] : [much]),
      ...(fromReservation === undefined ? [] : [`(${fromReservation} reserved)`]),
    ].join(' ');
  });
}

const POSTAGE = { code: 'POST', amount: 50 };
const DISCOUNT = { code: 'SALE', amount: -150 };
const paid = { paidAt: 1 } as const;
const one = (quantity: number) => [{ line: 1, quantity }];
const delivered = line({ shipped: 4, delivered: 4 });

describe('What a cancellation pays back', () => {
  it.each<[string, Partial<OrderContext>, number | undefined, number]>([
    ['nothing before the payment', {}, undefined, 0],
    [
      'everything that was captured, fees included, for the whole order',
      { ...paid, captured: 450, fees: [POSTAGE] },
      undefined,
      450,
    ],
    ['the price of some units; the fees stay', { ...paid, captured: 450, fees: [POSTAGE] }, 3, 300],
    [
      'the fees with the last open units, since nothing has shipped',
      { ...paid, captured: 450, refunded: 300, fees: [POSTAGE], lines: [line({ canceled: 3 })] },
      1,
      150,
    ],
    [
      'not the fees, when something has shipped',
      { ...paid, captured: 450, fees: [POSTAGE], lines: [line({ shipped: 1 })] },
      3,
      300,
    ],
    ['the price, as long as there is so much after a discount', { ...paid, captured: 250, fees: [DISCOUNT] }, 2, 200],
    ['at most what was captured, a discount taken into account', { ...paid, captured: 250, fees: [DISCOUNT] }, 3, 250],
    ['the rest after a discount, for the whole order', { ...paid, captured: 250, fees: [DISCOUNT] }, undefined, 250],
    ['at most what goodwill has left', { ...paid, captured: 400, refunded: 350 }, 2, 50],
    ['nothing where all was given back before', { ...paid, captured: 400, refunded: 400 }, undefined, 0],
    ['nothing where nothing was to be paid', { ...paid, captured: 0, lines: [line({ unitPrice: 0 })] }, undefined, 0],
    ['fees of an order that has no goods', { ...paid, captured: 50, lines: [], fees: [POSTAGE] }, undefined, 50],
    [
      'the price of units that got lost on their way',
      { ...paid, captured: 400, lines: [line({ shipped: 1, delivered: 1 })] },
      3,
      300,
    ],
  ])('is %s', (_, changes, units, expected) => {
    const event = { type: 'cancel', ...(units !== undefined && { lines: one(units) }) } as const;
    expect(refundIn(workOf(ledger(changes), asked(event)))).toBe(expected);
  });
});

describe('What a return pays back', () => {
  it.each<[string, Partial<OrderContext>, number, number | undefined, number]>([
    ['the price of what came back', { ...paid, captured: 400 }, 3, undefined, 300],
    ['not the fees', { ...paid, captured: 450, fees: [POSTAGE] }, 4, undefined, 400],
    ['at most what was captured', { ...paid, captured: 250, fees: [DISCOUNT] }, 3, undefined, 250],
    ['nothing on account before the payment: it only lowers what is due', {}, 3, undefined, 0],
    ['what was asked for, where something was', { ...paid, captured: 400 }, 3, 20, 20],
    ['nothing, where nothing was asked for', { ...paid, captured: 400 }, 3, 0, 0],
  ])('is %s', (_, changes, units, refund, expected) => {
    const order = ledger({ lines: [delivered], ...changes });
    const event = { type: 'return', lines: one(units), ...(refund !== undefined && { refund }) } as const;
    expect(refundIn(workOf(order, asked(event)))).toBe(expected);
  });
});

describe('Which cancellation is of the whole order', () => {
  it.each<[string, Partial<OrderContext>, number | undefined, boolean]>([
    ['one that names no lines', {}, undefined, true],
    ['one of all units by name', {}, 4, true],
    ['one of the last open units, when nothing has shipped', { lines: [line({ canceled: 3 })] }, 1, true],
    ['none of some units', {}, 3, false],
    ['none once something has shipped', { lines: [line({ shipped: 1 })] }, 3, false],
    ['one of all units, when all that had shipped got lost', { lines: [line({ reserved: 2 })] }, 4, true],
    ['one of an order without goods', { lines: [], fees: [POSTAGE] }, undefined, true],
  ])('is %s', (_, changes, units, whole) => {
    const event = { type: 'cancel', ...(units !== undefined && { lines: one(units) }) } as const;
    expect(workOf(ledger(changes), asked(event))).toMatchObject({ whole });
  });
});

describe('rule 12: no more branches than needed', () => {
  const two = [line({ reserved: 1 }), line({ line: 2, reserved: 4 }), line({ line: 3, sku: 'B' })];

  it.each<[string, Partial<OrderContext>, WithoutTime<Transactional>, readonly string[]]>([
    [
      'pay: the charge, and one reservation an article',
      { lines: two },
      { type: 'pay' },
      ['payment charge 1200', 'stock/A reserve 3', 'stock/B reserve 4'],
    ],
    ['pay on account: the charge alone', { lines: two, terms: 'invoice' }, { type: 'pay' }, ['payment charge 1200']],
    [
      'pay of nothing: the reservation alone',
      { lines: [line({ unitPrice: 0 })] },
      { type: 'pay' },
      ['stock/A reserve 4'],
    ],
    ['pay of nothing on account: nobody', { lines: [line({ unitPrice: 0 })], terms: 'invoice' }, { type: 'pay' }, []],
    [
      'pay later: the reservation of what is open and not held',
      { lines: [line({ canceled: 1, shipped: 1, reserved: 1 })] },
      { type: 'pay' },
      ['payment charge 300', 'stock/A reserve 1'],
    ],
    [
      'ship: one dispatch an article out of what is reserved of it, and the parcel',
      { lines: two },
      { type: 'ship' },
      ['stock/A dispatch 8 (5 reserved)', 'stock/B dispatch 4 (0 reserved)', 'shipment/P1 ship'],
    ],
    [
      'ship a part',
      { lines: two },
      { type: 'ship', lines: one(2) },
      ['stock/A dispatch 2 (1 reserved)', 'shipment/P1 ship'],
    ],
    ['cancel unpaid: nobody', { lines: [line()] }, { type: 'cancel' }, []],
    [
      'cancel paid: the refund, and one release an article of what is held',
      { ...paid, captured: 1_200, lines: two },
      { type: 'cancel' },
      ['payment refund 1200', 'stock/A release 5'],
    ],
    [
      'cancel what is held and cost nothing: the release alone',
      { ...paid, lines: [line({ unitPrice: 0, reserved: 4 })] },
      { type: 'cancel' },
      ['stock/A release 4'],
    ],
    [
      'cancel what is not held any more: the refund alone',
      { ...paid, captured: 400 },
      { type: 'cancel', lines: one(1) },
      ['payment refund 100'],
    ],
    [
      'return in both conditions: one branch of the article each',
      { ...paid, captured: 400, lines: [delivered, line({ ...delivered, line: 2 })] },
      {
        type: 'return',
        lines: [
          { line: 1, quantity: 1 },
          { line: 2, quantity: 2, restock: false },
        ],
      },
      ['payment refund 300', 'stock/A restock 1', 'stock/A/writeOff writeOff 2'],
    ],
    [
      'return without money: the goods alone',
      { ...paid, captured: 400, lines: [delivered] },
      { type: 'return', lines: one(1), refund: 0 },
      ['stock/A restock 1'],
    ],
    [
      'refund: all that is left, where no amount is named',
      { ...paid, captured: 400, refunded: 100 },
      { type: 'refund' },
      ['payment refund 300'],
    ],
    ['refund: the amount', { ...paid, captured: 400 }, { type: 'refund', amount: 20 }, ['payment refund 20']],
  ])('%s', (_, changes, event, expected) => {
    const order = ledger(changes);
    expect(branches(order, event)).toEqual(expected);
    expect(needsNobody(order, asked(event))).toBe(expected.length === 0);
  });

  it('the names of the branches of one transaction are all different', () => {
    const order = ledger({ lines: [delivered, line({ ...delivered, line: 2 })], ...paid, captured: 800 });
    const lines = [
      { line: 1, quantity: 1, restock: true },
      { line: 2, quantity: 1, restock: false },
    ];
    const names = branches(order, { type: 'return', lines }).map((branch) => branch.split(' ')[0]);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('Who takes part, and until when', () => {
  const pay = asked({ type: 'pay', method: { provider: 'sandbox', token: 'ok' } });

  it('actors vote within seconds, a little more for every branch', () => {
    const order = ledger();
    const parts = branchesOf(order, workOf(order, pay), pay, NOW);
    const until = NOW + ACTOR_VOTE_MS + 2 * ACTOR_VOTE_MS_A_BRANCH;
    expect(parts.map(({ participant, deadline }) => [participant, deadline])).toEqual([
      ['payment/SO-1', until],
      ['stock/A', until],
    ]);
  });

  it('a service in the place of an actor has the whole prepare timeout, under the same branch', () => {
    const order = ledger({ settings: settings({ participants: { payment: 'service:psp' }, prepareTimeoutMs: 9_000 }) });
    const parts = branchesOf(order, workOf(order, pay), pay, NOW);
    expect(parts[0]).toMatchObject({ participant: 'service:psp', branch: 'payment', deadline: NOW + 9_000 });
    expect(parts[1]).toMatchObject({
      participant: 'stock/A',
      deadline: NOW + ACTOR_VOTE_MS + 2 * ACTOR_VOTE_MS_A_BRANCH,
    });
  });

  it('nobody has longer than the prepare timeout', () => {
    const order = ledger({ settings: settings({ prepareTimeoutMs: 500 }) });
    const deadlines = branchesOf(order, workOf(order, pay), pay, NOW).map(({ deadline }) => deadline);
    expect(deadlines).toEqual([NOW + 500, NOW + 500]);
  });

  it('the payment learns amount, currency and method', () => {
    const order = ledger();
    expect(branchesOf(order, workOf(order, pay), pay, NOW)[0]?.args).toEqual({
      amount: 400,
      currency: 'GBP',
      digits: 2,
      method: { provider: 'sandbox', token: 'ok' },
    });
  });

  it('the carrier learns the parcel and where it goes', () => {
    const order = ledger({ shippingAddress: { city: 'Leeds' } });
    const ship = asked({ type: 'ship', lines: one(1), carrier: 'DHL', tracking: 'JD014' });
    expect(branchesOf(order, workOf(order, ship), ship, NOW).at(-1)).toMatchObject({
      participant: 'shipment/SO-1',
      args: { parcel: 'P1', lines: one(1), carrier: 'DHL', tracking: 'JD014', address: { city: 'Leeds' } },
    });
  });
});
