import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import {
  announcementSubject,
  announcementType,
  currencyCodes,
  currencyExponent,
  endpointNames,
  endpoints,
  errorCodes,
  errorKinds,
  headers,
  makeErrorBody,
  orderView,
  participantSubject,
  readHeaders,
  voteAnswer,
} from '../../src/contracts/index.ts';

/** The example of the interface's description. */
const view = {
  id: 'SO-1001',
  status: 'paid',
  version: 4,
  customer: 'C-17',
  currency: 'GBP',
  digits: 2,
  terms: 'prepaid',
  placedAt: '2010-12-01T08:26:00.000Z',
  updatedAt: '2010-12-01T08:26:00.000Z',
  total: 3330,
  lines: [
    {
      line: 1,
      sku: '85123A',
      name: 'x',
      unitPrice: 255,
      ordered: 6,
      canceled: 0,
      reserved: 6,
      shipped: 0,
      delivered: 0,
      returned: 0,
    },
  ],
  fees: [{ code: 'POST', amount: 1800 }],
  waivedFees: 0,
  payment: { status: 'paid', due: 3330, outstanding: 0, captured: 3330, refunded: 0, refundable: 3330 },
  fulfillment: {
    status: 'unfulfilled',
    parcels: [
      {
        id: 'P1',
        status: 'underWay',
        lines: [{ line: 1, quantity: 4 }],
        carrier: 'DHL',
        tracking: 'JD014',
        shippedAt: '2010-12-01T08:26:00.000Z',
        deliveredAt: null,
        attempts: 0,
      },
    ],
  },
  transaction: null,
  lastTransaction: { id: 'SO-1001~1', operation: 'pay', outcome: 'committed' },
  cancelReason: null,
  canceledAt: null,
  completedAt: null,
  shippingAddress: {},
  metadata: {},
  notes: [],
  state: { life: 'open', payment: 'paid', fulfillment: 'unfulfilled', transaction: 'none' },
  next: ['amend', 'cancel', 'note', 'refund', 'ship'],
};

test('the documented view is a view, and comes through as it is', () => {
  expect(orderView.parse(view)).toEqual(view);
});

test('a view of a newer service, with a status and a field that are not known, is still read', () => {
  const newer = { ...view, status: 'archived', color: 'red' };
  expect(orderView.parse(newer)).toEqual(newer);
});

describe.each(endpointNames)('%s', (name) => {
  it('has a JSON Schema for its request that refuses unknown fields, and one for its answer', () => {
    const body = z.toJSONSchema(endpoints[name].body, { io: 'input' });
    expect(body).toMatchObject({ type: 'object', additionalProperties: false });
    expect(z.toJSONSchema(endpoints[name].answer)).toMatchObject({ type: 'object' });
  });
});

describe('errors', () => {
  it.each(errorCodes)('%s can be documented', (code) => {
    expect(errorKinds[code].meaning).toMatch(/\.$/);
    expect(z.toJSONSchema(errorKinds[code].details)).toMatchObject({ type: 'object' });
  });

  it('have the numbers and the retriable flags of the interface', () => {
    const table = errorCodes.map((code) => [code, errorKinds[code].number, errorKinds[code].retriable]);
    expect(table).toEqual([
      ['INVALID_REQUEST', 400, false],
      ['INVALID_ID', 400, false],
      ['ORDER_NOT_FOUND', 404, false],
      ['TRANSACTION_NOT_FOUND', 404, false],
      ['SESSION_NOT_FOUND', 404, false],
      ['DEADLINE_EXCEEDED', 408, true],
      ['WAIT_TIMEOUT', 408, true],
      ['NOT_ACCEPTED', 409, false],
      ['VERSION_CONFLICT', 409, false],
      ['ORDER_EXISTS', 409, false],
      ['REQUEST_EXPIRED', 409, false],
      ['LOCKED', 409, true],
      ['TRANSACTION_ABORTED', 409, false],
      ['TOO_LARGE', 413, false],
      ['REQUEST_ID_REUSED', 422, false],
      ['BUSY', 429, true],
      ['STORE_CORRUPT', 500, false],
      ['INTERNAL', 500, false],
      ['STORE_UNAVAILABLE', 503, true],
      ['SHUTTING_DOWN', 503, true],
    ]);
  });

  it('carry their retriable flag in the body', () => {
    expect(makeErrorBody('BUSY', 'Busy.', { retryAfterMs: 50 })).toEqual({
      code: 'BUSY',
      message: 'Busy.',
      retriable: true,
      details: { retryAfterMs: 50 },
    });
  });
});

describe('request headers', () => {
  const read = (values: Record<string, string>) => readHeaders((name) => values[name]);

  it('are all optional', () => {
    expect(read({})).toEqual({ ok: true, headers: {} });
    expect(read({ [headers.requestId]: '' })).toEqual({ ok: true, headers: {} });
  });

  it('are read into an id, milliseconds and a trace context', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const deadline = '2010-12-01T08:26:00.000Z';
    expect(read({ 'Ordo-Request-Id': 'r1', 'Ordo-Deadline': deadline, traceparent })).toEqual({
      ok: true,
      headers: { requestId: 'r1', deadlineMs: Date.parse(deadline), traceparent },
    });
  });

  it('that are malformed are named, but for the trace context, which is ignored', () => {
    expect(read({ 'Ordo-Request-Id': 'x'.repeat(129), 'Ordo-Deadline': 'soon', traceparent: 'x' })).toMatchObject({
      ok: false,
      code: 'INVALID_REQUEST',
      fields: [{ path: 'Ordo-Request-Id' }, { path: 'Ordo-Deadline' }],
    });
    expect(read({ traceparent: 'x' })).toEqual({ ok: true, headers: {} });
  });
});

describe('other subjects', () => {
  it('of announcements escape the id', () => {
    expect(announcementSubject('order', 'SO 1', 'paid')).toBe('events.order.SO=201.paid');
    expect(announcementType('order', 'paid')).toBe('ordo.order.paid');
  });

  it('of participants name the phase', () => {
    expect(participantSubject('psp', 'prepare')).toBe('participants.psp.prepare');
  });
});

test.each([
  [{ vote: 'yes' }, true],
  [{ vote: 'no', code: 'PAYMENT_DECLINED', reason: 'no cover' }, true],
  [{ vote: 'readOnly' }, true],
  [{ vote: 'no' }, false],
  [{ vote: 'maybe' }, false],
  [{}, false],
])('the vote %j is taken: %s', (answer, taken) => {
  expect(voteAnswer.safeParse(answer).success).toBe(taken);
});

test('the currency table knows each code once, and the exponents that differ from 2', () => {
  const codes = currencyCodes();
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
  expect(['JPY', 'KWD', 'EUR', 'UYW'].map(currencyExponent)).toEqual([0, 3, 2, 4]);
  expect(currencyExponent('toString')).toBeUndefined();
});
