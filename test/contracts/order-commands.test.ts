import { describe, expect, it, test } from 'vitest';
import { type EndpointName, parseBody, parseValue, refusalBody } from '../../src/contracts/index.ts';
import { placeInput } from '../fixtures/bodies.ts';

const max = Number.MAX_SAFE_INTEGER;
const line = { sku: 'A', quantity: 1, unitPrice: 1 };
const place = (changes: object) => ({ ...placeInput(), ...changes });
const without = (name: string) => Object.fromEntries(Object.entries(placeInput()).filter(([key]) => key !== name));

function nested(levels: number): unknown {
  return levels === 0 ? {} : { a: nested(levels - 1) };
}

const valid: [why: string, name: EndpointName, body: unknown][] = [
  ['an order of lines and fees', 'orders.place', placeInput()],
  ['an order of lines only', 'orders.place', without('fees')],
  ['an order of fees only', 'orders.place', without('lines')],
  ['an empty list of fees beside lines', 'orders.place', place({ fees: [] })],
  ['a discount down to a total of 0', 'orders.place', place({ lines: [line], fees: [{ code: 'D', amount: -1 }] })],
  ['a price of 0', 'orders.place', place({ lines: [{ ...line, unitPrice: 0 }], fees: [] })],
  ['the same sku on two lines', 'orders.place', place({ lines: [line, line] })],
  [
    'the same fee code twice',
    'orders.place',
    place({
      fees: [
        { code: 'F', amount: 1 },
        { code: 'F', amount: 2 },
      ],
    }),
  ],
  ['a fee with name and quantity', 'orders.place', place({ fees: [{ code: 'F', amount: 1, name: 'x', quantity: 2 }] })],
  ['2,000 lines', 'orders.place', place({ lines: Array(2_000).fill(line) })],
  ['100 fees', 'orders.place', place({ fees: Array(100).fill({ code: 'F', amount: 1 }) })],
  ['a total of exactly 2^53−1', 'orders.place', place({ lines: [{ ...line, unitPrice: max }], fees: [] })],
  ['an order on account', 'orders.place', place({ terms: 'invoice' })],
  ['six digits', 'orders.place', place({ digits: 6 })],
  ['free-form address and metadata', 'orders.place', place({ shippingAddress: { a: [1, null] }, metadata: { b: {} } })],
  ['a time of its own', 'orders.place', place({ placedAt: '2010-12-01T08:26:00.000Z' })],
  ['a SKU of any Unicode', 'orders.place', place({ lines: [{ ...line, sku: '真珠 .*>' }] })],
  ['who placed it', 'orders.place', place({ by: 'import' })],
  ['pay without anything', 'orders.pay', {}],
  ['pay of 0', 'orders.pay', { amount: 0 }],
  ['pay with a method', 'orders.pay', { amount: 3330, method: { provider: 'sandbox', token: 'ok' }, by: 'web' }],
  ['ship all', 'orders.ship', { expectedVersion: 3 }],
  ['ship some', 'orders.ship', { lines: [{ line: 1, quantity: 4 }], carrier: 'DHL', tracking: 'JD014' }],
  ['deliver all', 'orders.deliver', {}],
  ['deliver a parcel', 'orders.deliver', { parcel: 'P1' }],
  ['a failed attempt', 'orders.deliver', { parcel: 'P1', failed: true, reason: 'nobody in' }],
  ['a lost parcel', 'orders.deliver', { parcel: 'P1', lost: true }],
  ['confirm', 'orders.confirmReceipt', {}],
  ['cancel all', 'orders.cancel', {}],
  ['cancel some', 'orders.cancel', { reason: 'customer', lines: [{ line: 2, quantity: 1 }] }],
  ['return', 'orders.return', { lines: [{ line: 1, quantity: 2, restock: false }], reason: 'damaged', refund: 0 }],
  ['refund', 'orders.refund', { amount: 500, reason: 'goodwill' }],
  ['amend', 'orders.amend', { shippingAddress: {} }],
  ['note', 'orders.note', { text: 'x'.repeat(2_000) }],
];

test.each(valid)('%s is valid for %s', (_why, name, body) => {
  expect(parseValue(name, body)).toMatchObject({ ok: true });
});

const invalid: [why: string, name: EndpointName, body: unknown, ...paths: string[]][] = [
  ['nothing at all', 'orders.place', {}, 'customer', 'currency'],
  ['no customer', 'orders.place', without('customer'), 'customer'],
  ['an empty customer', 'orders.place', place({ customer: '' }), 'customer'],
  ['no currency', 'orders.place', without('currency'), 'currency'],
  ['a currency that ISO 4217 does not know', 'orders.place', place({ currency: 'QQQ' }), 'currency'],
  ['a currency in small letters', 'orders.place', place({ currency: 'gbp' }), 'currency'],
  ['gold', 'orders.place', place({ currency: 'XAU' }), 'currency'],
  ['seven digits', 'orders.place', place({ digits: 7 }), 'digits'],
  ['negative digits', 'orders.place', place({ digits: -1 }), 'digits'],
  ['unknown terms', 'orders.place', place({ terms: 'barter' }), 'terms'],
  ['neither lines nor fees', 'orders.place', { customer: 'C', currency: 'GBP' }, 'lines'],
  ['no lines and empty fees', 'orders.place', { customer: 'C', currency: 'GBP', fees: [] }, 'lines'],
  ['lines that are empty', 'orders.place', place({ lines: [] }), 'lines'],
  ['lines that are no list', 'orders.place', place({ lines: {} }), 'lines'],
  ['a line without sku', 'orders.place', place({ lines: [{ quantity: 1, unitPrice: 1 }] }), 'lines.0.sku'],
  ['a line without quantity', 'orders.place', place({ lines: [{ sku: 'A', unitPrice: 1 }] }), 'lines.0.quantity'],
  ['a line without price', 'orders.place', place({ lines: [{ sku: 'A', quantity: 1 }] }), 'lines.0.unitPrice'],
  ['a quantity of 0', 'orders.place', place({ lines: [line, { ...line, quantity: 0 }] }), 'lines.1.quantity'],
  ['a negative quantity', 'orders.place', place({ lines: [{ ...line, quantity: -1 }] }), 'lines.0.quantity'],
  ['half a piece', 'orders.place', place({ lines: [{ ...line, quantity: 0.5 }] }), 'lines.0.quantity'],
  ['a quantity as text', 'orders.place', place({ lines: [{ ...line, quantity: '1' }] }), 'lines.0.quantity'],
  ['a quantity above 2^53−1', 'orders.place', place({ lines: [{ ...line, quantity: 2 ** 53 }] }), 'lines.0.quantity'],
  ['a negative price', 'orders.place', place({ lines: [{ ...line, unitPrice: -1 }] }), 'lines.0.unitPrice'],
  ['a price in fractions', 'orders.place', place({ lines: [{ ...line, unitPrice: 2.55 }] }), 'lines.0.unitPrice'],
  ['a price above 2^53−1', 'orders.place', place({ lines: [{ ...line, unitPrice: 1e300 }] }), 'lines.0.unitPrice'],
  [
    'a line above 2^53−1',
    'orders.place',
    place({ lines: [line, { sku: 'A', quantity: 2, unitPrice: max }] }),
    'lines.1',
  ],
  ['lines above 2^53−1', 'orders.place', place({ lines: [line, { ...line, unitPrice: max }] }), 'lines.1'],
  [
    'quantities above 2^53−1',
    'orders.place',
    place({ lines: [{ ...line, quantity: max, unitPrice: 0 }, line] }),
    'lines.1.quantity',
  ],
  [
    'a total above 2^53−1',
    'orders.place',
    place({ lines: [{ ...line, unitPrice: max }], fees: [{ code: 'F', amount: 1 }] }),
    'fees.0.amount',
  ],
  ['a total below 0', 'orders.place', place({ lines: [line], fees: [{ code: 'F', amount: -2 }] }), 'fees'],
  ['a SKU above 128 bytes', 'orders.place', place({ lines: [{ ...line, sku: 'é'.repeat(65) }] }), 'lines.0.sku'],
  ['an empty SKU', 'orders.place', place({ lines: [{ ...line, sku: '' }] }), 'lines.0.sku'],
  ['half a surrogate pair', 'orders.place', place({ lines: [{ ...line, sku: '\ud83d' }] }), 'lines.0.sku'],
  ['an unknown field of a line', 'orders.place', place({ lines: [{ ...line, price: 1 }] }), 'lines.0.price'],
  ['an unknown field of a fee', 'orders.place', place({ fees: [{ code: 'F', amount: 1, x: 1 }] }), 'fees.0.x'],
  ['a fee without code', 'orders.place', place({ fees: [{ amount: 1 }] }), 'fees.0.code'],
  ['a fee without amount', 'orders.place', place({ fees: [{ code: 'F' }] }), 'fees.0.amount'],
  ['a fee of quantity 0', 'orders.place', place({ fees: [{ code: 'F', amount: 1, quantity: 0 }] }), 'fees.0.quantity'],
  ['two unknown fields', 'orders.place', place({ a: 1, b: 2 }), 'a', 'b'],
  ['an expectedVersion of place', 'orders.place', place({ expectedVersion: 1 }), 'expectedVersion'],
  ['a time without milliseconds', 'orders.place', place({ placedAt: '2010-12-01T08:26:00Z' }), 'placedAt'],
  ['a time with an offset', 'orders.place', place({ placedAt: '2010-12-01T08:26:00.000+01:00' }), 'placedAt'],
  ['a day that does not exist', 'orders.place', place({ placedAt: '2011-02-29T08:26:00.000Z' }), 'placedAt'],
  ['a time as a number', 'orders.place', place({ placedAt: 1 }), 'placedAt'],
  ['metadata that is a list', 'orders.place', place({ metadata: [] }), 'metadata'],
  ['metadata that is null', 'orders.place', place({ metadata: null }), 'metadata'],
  ['metadata nested too deep', 'orders.place', place({ metadata: nested(40) }), 'metadata'],
  ['an address that is a text', 'orders.place', place({ shippingAddress: 'here' }), 'shippingAddress'],
  ['a by above 128 bytes', 'orders.pay', { by: 'x'.repeat(129) }, 'by'],
  ['a misspelt expectedVersion', 'orders.pay', { expectedVersoin: 4 }, 'expectedVersoin'],
  ['an expectedVersion as text', 'orders.pay', { expectedVersion: '4' }, 'expectedVersion'],
  ['a negative amount', 'orders.pay', { amount: -1 }, 'amount'],
  ['a method without token', 'orders.pay', { method: { provider: 'sandbox' } }, 'method.token'],
  ['an unknown field of a method', 'orders.pay', { method: { provider: 'a', token: 'b', cvc: 1 } }, 'method.cvc'],
  ['shipping no lines', 'orders.ship', { lines: [] }, 'lines'],
  [
    'shipping a line named twice',
    'orders.ship',
    { lines: [1, 2, 1].map((number) => ({ line: number, quantity: 1 })) },
    'lines.2.line',
  ],
  ['shipping line 0', 'orders.ship', { lines: [{ line: 0, quantity: 1 }] }, 'lines.0.line'],
  ['shipping nothing of a line', 'orders.ship', { lines: [{ line: 1, quantity: 0 }] }, 'lines.0.quantity'],
  ['failed and lost', 'orders.deliver', { parcel: 'P1', failed: true, lost: true }, 'lost'],
  ['failed without parcel', 'orders.deliver', { failed: true }, 'parcel'],
  ['lost without parcel', 'orders.deliver', { lost: true }, 'parcel'],
  ['confirming with a reason', 'orders.confirmReceipt', { reason: 'x' }, 'reason'],
  ['canceling no lines', 'orders.cancel', { lines: [] }, 'lines'],
  ['canceling a line named twice', 'orders.cancel', { lines: Array(2).fill({ line: 1, quantity: 1 }) }, 'lines.1.line'],
  ['a reason above 500 bytes', 'orders.cancel', { reason: 'x'.repeat(501) }, 'reason'],
  ['returning without lines', 'orders.return', {}, 'lines'],
  ['returning no lines', 'orders.return', { lines: [] }, 'lines'],
  ['returning a line named twice', 'orders.return', { lines: Array(2).fill({ line: 1, quantity: 1 }) }, 'lines.1.line'],
  [
    'a restock that is no boolean',
    'orders.return',
    { lines: [{ line: 1, quantity: 1, restock: 1 }] },
    'lines.0.restock',
  ],
  ['a negative refund', 'orders.return', { lines: [{ line: 1, quantity: 1 }], refund: -1 }, 'refund'],
  ['refunding without amount', 'orders.refund', {}, 'amount'],
  ['refunding 0', 'orders.refund', { amount: 0 }, 'amount'],
  ['amending nothing', 'orders.amend', {}, 'shippingAddress'],
  ['a note without text', 'orders.note', {}, 'text'],
  ['an empty note', 'orders.note', { text: '' }, 'text'],
  ['a note above 2,000 bytes', 'orders.note', { text: 'x'.repeat(2_001) }, 'text'],
];

test.each(invalid)('%s is INVALID_REQUEST for %s', (_why, name, body, ...paths) => {
  const parsed = parseValue(name, body);
  expect(parsed).toMatchObject({ ok: false, code: 'INVALID_REQUEST' });
  if (!parsed.ok) expect(parsed.fields.map((field) => field.path)).toEqual(paths);
});

const tooLarge: [why: string, name: EndpointName, body: unknown, path: string, limit: number][] = [
  ['2,001 lines', 'orders.place', place({ lines: Array(2_001).fill(line) }), 'lines', 2_000],
  ['2,001 lines of which one is wrong', 'orders.place', place({ lines: Array(2_001).fill({}) }), 'lines', 2_000],
  ['101 fees', 'orders.place', place({ fees: Array(101).fill({ code: 'F', amount: 1 }) }), 'fees', 100],
  ['metadata above 16 KB', 'orders.place', place({ metadata: { a: 'é'.repeat(8_189) } }), 'metadata', 16_384],
  ['an address above 16 KB', 'orders.amend', { shippingAddress: { a: 'x'.repeat(17_000) } }, 'shippingAddress', 16_384],
  [
    '2,001 lines to ship',
    'orders.ship',
    { lines: Array.from({ length: 2_001 }, (_, index) => ({ line: index + 1, quantity: 1 })) },
    'lines',
    2_000,
  ],
  ['101 events', 'orders.whatIf', { events: Array(101).fill({ type: 'pay' }) }, 'events', 100],
];

test.each(tooLarge)('%s is TOO_LARGE for %s, with the limit', (_why, name, body, path, limit) => {
  const parsed = parseValue(name, body);
  expect(parsed).toMatchObject({ ok: false, code: 'TOO_LARGE', limit: { path, limit } });
  if (!parsed.ok) expect(refusalBody(parsed)).toMatchObject({ code: 'TOO_LARGE', details: { path, limit } });
});

it('takes metadata of exactly 16 KB', () => {
  expect(parseValue('orders.place', place({ metadata: { a: 'é'.repeat(8_188) } }))).toMatchObject({ ok: true });
});

it('refuses a field named __proto__ in free-form objects instead of losing it', () => {
  const body = { ...placeInput(), metadata: JSON.parse('{"a":{"__proto__":{"x":1}}}') };
  expect(parseValue('orders.place', body)).toMatchObject({ ok: false, fields: [{ path: 'metadata' }] });
});

describe('what is filled in', () => {
  it.each([
    ['GBP', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['HUF', 2],
    ['IQD', 3],
    ['CLF', 4],
  ])('digits of %s are %i', (currency, digits) => {
    expect(parseValue('orders.place', place({ currency }))).toMatchObject({ ok: true, body: { digits } });
  });

  it('leaves digits that are given as they are', () => {
    expect(parseValue('orders.place', place({ digits: 3 }))).toMatchObject({ ok: true, body: { digits: 3 } });
  });

  it('fills in terms and names, and leaves placedAt to the service', () => {
    const parsed = parseValue('orders.place', place({ lines: [line] }));
    expect(parsed).toMatchObject({ ok: true, body: { terms: 'prepaid', lines: [{ name: '' }] } });
    if (parsed.ok) expect(parsed.body).not.toHaveProperty('placedAt');
  });

  it('restocks what comes back unless it is said otherwise', () => {
    expect(parseValue('orders.return', { lines: [{ line: 1, quantity: 1 }] })).toMatchObject({
      ok: true,
      body: { lines: [{ restock: true }] },
    });
  });
});

describe('a payload', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);

  it('is {} where it is empty', () => {
    expect(parseBody('orders.confirmReceipt', new Uint8Array())).toEqual({ ok: true, body: {} });
  });

  it.each([
    ['not JSON', bytes('{')],
    ['a list', bytes('[]')],
    ['null', bytes('null')],
    ['a text', bytes('"x"')],
    ['not UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
    ['very deep', bytes('['.repeat(200_000))],
  ])('that is %s is INVALID_REQUEST', (_why, payload) => {
    const parsed = parseBody('orders.confirmReceipt', payload);
    expect(parsed).toMatchObject({ ok: false, code: 'INVALID_REQUEST', fields: [{ path: '' }] });
  });

  it('above 512 KB is TOO_LARGE before it is read', () => {
    const parsed = parseBody('orders.note', new Uint8Array(512 * 1024 + 1));
    expect(parsed).toMatchObject({ ok: false, code: 'TOO_LARGE', limit: { limit: 524_288, actual: 524_289 } });
  });

  it('that is wrong in many places names 20 of them', () => {
    const parsed = parseValue('orders.place', place({ lines: Array(500).fill({}) }));
    expect(parsed.ok ? 0 : parsed.fields.length).toBe(20);
  });
});

it('says in plain words what is wrong and what is known', () => {
  const parsed = parseValue('orders.note', { text: 5, colour: 1 });
  expect(parsed.ok ? undefined : refusalBody(parsed)).toEqual({
    code: 'INVALID_REQUEST',
    message:
      'Invalid request: text must be a string, but is a number; ' +
      'colour is not a known field; known are expectedVersion, by, text.',
    retriable: false,
    details: {
      fields: [
        { path: 'text', why: 'must be a string, but is a number' },
        { path: 'colour', why: 'is not a known field; known are expectedVersion, by, text' },
      ],
    },
  });
});
