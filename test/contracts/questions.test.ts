import { expect, test } from 'vitest';
import { type EndpointName, parseValue } from '../../src/contracts/index.ts';

const by = { by: 'ann', reason: 'payment provider is gone' };

const valid: [name: EndpointName, body: object, filledIn?: object][] = [
  ['orders.get', {}],
  ['orders.history', {}, { after: 0, limit: 100 }],
  ['orders.history', { after: 7, limit: 500 }],
  ['orders.explain', {}],
  ['orders.whatIf', { events: [{ type: 'cancel', reason: 'customer' }, { type: 'ship' }] }],
  ['orders.wait', { status: 'paid' }, { timeoutMs: 5_000 }],
  ['orders.list', {}, { limit: 50, cursor: null }],
  ['orders.list', { status: 'paid', customer: 'C', placedFrom: '2010-12-01T08:26:00.000Z', limit: 500, cursor: 'x' }],
  ['orders.counts', {}],
  ['stock.receive', { quantity: 100, by: 'import' }],
  ['stock.get', {}],
  ['payments.get', {}],
  ['transactions.get', {}],
  ['transactions.list', {}, { olderThanMs: 0, limit: 50, cursor: null }],
  ['transactions.list', { state: 'inDoubt', olderThanMs: 60_000 }, { limit: 50, cursor: null }],
  ['transactions.list', { state: 'mixed' }, { olderThanMs: 0, limit: 50, cursor: null }],
  ['transactions.wait', {}, { timeoutMs: 5_000 }],
  ['transactions.retry', {}],
  ['transactions.resolve', { outcome: 'aborted', ...by }],
  ['transactions.resolve', { branch: 'stock/85123A', outcome: 'committed', ...by }],
  ['transactions.outcome', { branch: 'payment' }],
];

test.each(valid)('%s takes %j', (name, body, filledIn = {}) => {
  expect(parseValue(name, body)).toEqual({ ok: true, body: { ...filledIn, ...body } });
});

const invalid: [name: EndpointName, body: object, path: string][] = [
  ['orders.get', { x: 1 }, 'x'],
  ['orders.history', { limit: 0 }, 'limit'],
  ['orders.history', { limit: 501 }, 'limit'],
  ['orders.history', { after: -1 }, 'after'],
  ['orders.whatIf', {}, 'events'],
  ['orders.whatIf', { events: [] }, 'events'],
  ['orders.whatIf', { events: [{ type: 'explode' }] }, 'events.0.type'],
  ['orders.whatIf', { events: [{ type: 'place' }] }, 'events.0.type'],
  ['orders.whatIf', { events: [{ type: 'refund' }] }, 'events.0.amount'],
  ['orders.whatIf', { events: [{ type: 'deliver', lost: true }] }, 'events.0.parcel'],
  ['orders.wait', {}, 'status'],
  ['orders.wait', { status: 'unpaid' }, 'status'],
  ['orders.wait', { status: 'paid', timeoutMs: 300_001 }, 'timeoutMs'],
  ['orders.list', { status: 'open' }, 'status'],
  ['orders.list', { limit: 501 }, 'limit'],
  ['orders.list', { placedFrom: '2010-12-01' }, 'placedFrom'],
  ['stock.receive', {}, 'quantity'],
  ['stock.receive', { quantity: 0 }, 'quantity'],
  ['stock.receive', { quantity: 1, expectedVersion: 1 }, 'expectedVersion'],
  ['transactions.list', { state: 'stuck' }, 'state'],
  ['transactions.resolve', { outcome: 'committed', ...by }, 'outcome'],
  ['transactions.resolve', { outcome: 'aborted', by: 'ann' }, 'reason'],
  ['transactions.resolve', { outcome: 'aborted', reason: 'x' }, 'by'],
  ['transactions.outcome', {}, 'branch'],
];

test.each(invalid)('%s refuses %j', (name, body, path) => {
  expect(parseValue(name, body)).toMatchObject({ ok: false, code: 'INVALID_REQUEST', fields: [{ path }] });
});
