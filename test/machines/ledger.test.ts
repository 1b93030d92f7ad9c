import { describe, expect, it } from 'vitest';
import {
  applied,
  book,
  bySku,
  due,
  openLines,
  openTotal,
  outstanding,
  refundable,
  split,
  sumsOf,
} from '../../machines/order/ledger.ts';
import type { OrderContext } from '../../machines/order/order-context.ts';
import { ledger, line } from './fixtures/order-context.ts';

const POSTAGE = { code: 'POST', amount: 50 };
const DISCOUNT = { code: 'SALE', amount: -150 };

describe('What is due', () => {
  it.each<[string, Partial<OrderContext>, number]>([
    ['everything, at first', {}, 400],
    ['fees with it', { fees: [POSTAGE] }, 450],
    ['less a discount', { fees: [POSTAGE, DISCOUNT] }, 300],
    ['less what was canceled', { lines: [line({ canceled: 1 })] }, 300],
    ['less what came back', { lines: [line({ shipped: 4, delivered: 4, returned: 3 })] }, 100],
    ['less the fees that were waived', { fees: [POSTAGE], waivedFees: 50, lines: [line({ canceled: 4 })] }, 0],
    ['never less than nothing', { fees: [DISCOUNT], lines: [line({ canceled: 3 })] }, 0],
    [
      'nothing of a canceled order whose discount is waived',
      { fees: [DISCOUNT], waivedFees: -150, lines: [line({ canceled: 4 })] },
      0,
    ],
    ['the fees of an order without goods', { lines: [], fees: [POSTAGE] }, 50],
    ['nothing of an order for nothing', { lines: [], fees: [] }, 0],
  ])('is %s', (_, changes, expected) => {
    expect(due(ledger(changes))).toBe(expected);
  });
});

describe('What is outstanding', () => {
  it.each<[string, Partial<OrderContext>, number]>([
    ['all that is due, before the payment', {}, 400],
    ['nothing after it', { captured: 400 }, 0],
    ['never less than nothing, when goods come back', { captured: 400, lines: [line({ canceled: 2 })] }, 0],
    ['nothing more when money was given back as goodwill', { captured: 400, refunded: 100 }, 0],
  ])('is %s', (_, changes, expected) => {
    expect(outstanding(ledger(changes))).toBe(expected);
  });
});

it('What can be paid back at most is what was captured and not paid back yet', () => {
  expect(refundable(ledger({ captured: 400, refunded: 150 }))).toBe(250);
});

describe('Open units', () => {
  it.each<[string, Partial<OrderContext>, readonly (readonly [number, number])[]]>([
    ['are all at first', {}, [[1, 4]]],
    ['are neither canceled nor shipped', { lines: [line({ canceled: 1, shipped: 2 })] }, [[1, 1]]],
    ['are open whether they are reserved or not', { lines: [line({ reserved: 4 })] }, [[1, 4]]],
    [
      'are listed by line, those without any left out',
      { lines: [line({ shipped: 4 }), line({ line: 2, canceled: 1 })] },
      [[2, 3]],
    ],
    ['do not come back with what is returned', { lines: [line({ shipped: 4, delivered: 4, returned: 4 })] }, []],
  ])('%s', (_, changes, expected) => {
    const order = ledger(changes);
    expect(openLines(order).map((part) => [part.line, part.quantity])).toEqual(expected);
    expect(openTotal(order)).toBe(expected.reduce((sum, [, quantity]) => sum + quantity, 0));
  });
});

it('The sums are those of the lines, in units and in money', () => {
  const lines = [
    line({ canceled: 1, reserved: 1, shipped: 2, delivered: 2, returned: 1 }),
    line({ line: 2, unitPrice: 10, ordered: 6, canceled: 2, reserved: 3, shipped: 1 }),
  ];
  expect(sumsOf(lines)).toEqual({
    ordered: 10,
    canceled: 3,
    reserved: 4,
    shipped: 3,
    delivered: 2,
    returned: 1,
    canceledValue: 120,
    returnedValue: 100,
  });
});

describe('An entry in the ledger', () => {
  it('adds units to a column and takes them out of another, and the sums follow', () => {
    const order = ledger({ lines: [line({ reserved: 4 })] });
    const units = [{ line: 1, quantity: 3 }];
    const next = book(order, [
      { column: 'shipped', lines: units, sign: 1 },
      { column: 'reserved', lines: units, sign: -1 },
    ]);
    expect(next.lines[0]).toMatchObject({ shipped: 3, reserved: 1 });
    expect(next.sums).toMatchObject({ shipped: 3, reserved: 1 });
  });

  it('leaves the order that it is made from as it was', () => {
    const order = ledger();
    book(order, [{ column: 'canceled', lines: [{ line: 1, quantity: 4 }], sign: 1 }]);
    expect(order).toEqual(ledger());
  });

  it('of a line that is not there is our own mistake', () => {
    expect(() => book(ledger(), [{ column: 'shipped', lines: [{ line: 2, quantity: 1 }], sign: 1 }])).toThrow(
      /no line 2/,
    );
  });
});

describe('Work that is done', () => {
  const units = [{ line: 1, quantity: 2 }];
  const stamped = { canceledAt: null, cancelReason: null, waivedFees: 0 };
  const common = { refund: 70, reason: 'because' } as const;

  it('pay captures the amount and holds the goods', () => {
    const next = applied(ledger(), { operation: 'pay', amount: 400, reserve: units }, 7);
    expect(next).toMatchObject({ captured: 400, paidAt: 7, sums: { reserved: 2 } });
  });

  it('ship sends a parcel, out of the reservation as far as there is one', () => {
    const order = ledger({ lines: [line({ reserved: 1 })] });
    const fromReservation = [{ line: 1, quantity: 1 }];
    const next = applied(
      order,
      { operation: 'ship', parcel: 'P1', lines: units, fromReservation, carrier: 'DHL', tracking: null },
      7,
    );
    expect(next.sums).toMatchObject({ shipped: 2, reserved: 0 });
    expect(next.parcels).toEqual([
      {
        id: 'P1',
        status: 'underWay',
        lines: units,
        carrier: 'DHL',
        tracking: null,
        shippedAt: 7,
        deliveredAt: null,
        attempts: 0,
      },
    ]);
  });

  it('cancel takes units off, releases them and pays back; the fees stay', () => {
    const order = ledger({ fees: [POSTAGE], lines: [line({ reserved: 4 })], captured: 450 });
    const next = applied(order, { operation: 'cancel', whole: false, lines: units, release: units, ...common }, 7);
    expect(next).toMatchObject({ sums: { canceled: 2, reserved: 2, canceledValue: 200 }, refunded: 70, ...stamped });
  });

  it('cancel of the whole order waives its fees as well', () => {
    const order = ledger({ fees: [POSTAGE, DISCOUNT] });
    const next = applied(
      order,
      { operation: 'cancel', whole: true, lines: openLines(order), release: [], ...common },
      7,
    );
    expect(next).toMatchObject({ waivedFees: -100, canceledAt: 7, cancelReason: 'because', sums: { canceled: 4 } });
    expect(due(next)).toBe(0);
  });

  it('return takes units back and pays back', () => {
    const order = ledger({ lines: [line({ shipped: 4, delivered: 4 })], captured: 400, refunded: 30 });
    const lines = [{ line: 1, quantity: 2, restock: false }];
    const next = applied(order, { operation: 'return', lines, ...common }, 7);
    expect(next).toMatchObject({ sums: { returned: 2, returnedValue: 200 }, refunded: 100 });
  });

  it('refund pays back and touches no goods', () => {
    const order = ledger({ captured: 400 });
    expect(applied(order, { operation: 'refund', ...common }, 7)).toEqual({ ...order, refunded: 70 });
  });
});

describe('Goods by article', () => {
  const order = ledger({ lines: [line(), line({ line: 2, sku: 'B' }), line({ line: 3 })] });

  it('add up the lines of an article, in the order of the lines', () => {
    const parts = [1, 2, 3].map((number) => ({ line: number, quantity: number }));
    expect(bySku(order, parts)).toEqual([
      { sku: 'A', quantity: 4 },
      { sku: 'B', quantity: 2 },
    ]);
  });

  it('leave out what is nothing, and lines that are not there', () => {
    expect(
      bySku(order, [
        { line: 1, quantity: 0 },
        { line: 9, quantity: 1 },
      ]),
    ).toEqual([]);
  });
});

it('Returned lines are split into those that go back on the shelf and those that are written off', () => {
  const good = { line: 1, quantity: 1, restock: true };
  const broken = { line: 2, quantity: 1, restock: false };
  expect(split([good, broken])).toEqual({ restock: [good], writeOff: [broken] });
});
