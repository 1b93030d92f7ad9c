import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ErrorCode, errorCodes } from '../../src/contracts/index.ts';
import { flipValue } from '../store/fixtures/behind.ts';
import { type ErrorCase, everything, expectError, expectShape } from './fixtures/error-case.ts';
import { cases, placing } from './fixtures/error-cases.ts';
import { failingStores } from './fixtures/failing-store.ts';
import { refusalOf } from './fixtures/raw-client.ts';
import { placeAtRefusing, startRefusingService, stopRefusingService } from './fixtures/refusing-service.ts';
import { TestService } from './fixtures/test-service.ts';

let service: TestService;

beforeAll(async () => {
  service = await startRefusingService();
});
afterAll(() => stopRefusingService(service));

function place(id: string, sku = 'A'): Promise<unknown> {
  return placeAtRefusing(service, id, sku);
}

/** Codes that need a service, or an order, of their own: each has its test below. */
const apart = new Set<ErrorCode>([
  'WAIT_TIMEOUT',
  'TRANSACTION_ABORTED',
  'BUSY',
  'STORE_CORRUPT',
  'INTERNAL',
  'STORE_UNAVAILABLE',
  'SHUTTING_DOWN',
]);
const tested = new Set<ErrorCode>();

describe.each(Object.entries(cases) as [ErrorCode, Readonly<Record<string, ErrorCase>>][])('%s', (code, ofCode) => {
  it.each(Object.entries(ofCode))('answers %s, and nothing has changed', async (_name, wrong) => {
    const before = await everything(service, ['A']);
    await expectError(service, code, wrong);
    expect(await everything(service, ['A'])).toEqual(before);
    tested.add(code);
  });
});

describe('WAIT_TIMEOUT', () => {
  it('answers a wait for a status that does not come, with the view as it is', async () => {
    const before = await everything(service, ['A']);
    const wait = { subject: 'orders.wait.placed', body: { status: 'paid', timeoutMs: 100 }, afterMs: 100 };
    const { body } = await expectError(service, 'WAIT_TIMEOUT', wait);
    expect(body.details).toEqual(await service.client.ask('orders.get.placed'));
    expect(await everything(service, ['A'])).toEqual(before);
  });

  it('answers a wait for the end of a transaction that goes on, with its view', async () => {
    const wait = { subject: 'transactions.wait.locked=7E1', body: { timeoutMs: 100 }, afterMs: 100 };
    const { body } = await expectError(service, 'WAIT_TIMEOUT', wait);
    expect(body.details).toMatchObject({ id: 'locked~1', state: 'preparing' });
    tested.add('WAIT_TIMEOUT');
  });
});

describe('TRANSACTION_ABORTED', () => {
  /** The order is as it was, but for its version and the word of what has happened. */
  async function expectAsItWas(id: string, before: object, code: string): Promise<void> {
    const after = await service.client.order('get', id);
    const { version, updatedAt, lastTransaction, ...rest } = after;
    expect(before).toMatchObject(rest);
    expect(lastTransaction).toMatchObject({ id: `${id}~1`, operation: 'pay', outcome: 'aborted', code });
    expect(await service.client.ask(`payments.get.${id}`)).toMatchObject({ authorized: 0, captured: 0, entries: [] });
  }

  it('answers a payment that was declined', async () => {
    await place('declined');
    const before = await service.client.order('get', 'declined');
    await expectError(service, 'TRANSACTION_ABORTED', {
      subject: 'orders.pay.declined',
      body: { method: { provider: 'sandbox', token: 'declined' } },
      details: {
        transaction: 'declined~1',
        votes: [{ participant: 'payment/declined', code: 'PAYMENT_DECLINED', reason: expect.any(String) }],
      },
    });
    await expectAsItWas('declined', before, 'PAYMENT_DECLINED');
    await service.client.ask('transactions.wait.declined=7E1');
    expect(await service.client.ask('stock.get.A')).toMatchObject({ onHand: 100 });
  });

  it('answers a payment of what the stock does not have', async () => {
    await place('insufficient', 'B');
    const before = await service.client.order('get', 'insufficient');
    await expectError(service, 'TRANSACTION_ABORTED', {
      subject: 'orders.pay.insufficient',
      details: { votes: [{ participant: 'stock/B', code: 'INSUFFICIENT_STOCK', reason: '10 asked, 0 available' }] },
    });
    await expectAsItWas('insufficient', before, 'INSUFFICIENT_STOCK');
  });

  it('answers a payment whose participant has not voted in time', async () => {
    await place('silent');
    const before = await service.client.order('get', 'silent');
    const paying = service.client.refused('orders.pay.silent', { method: { provider: 'sandbox', token: 'silent' } });
    await service.prepared('silent~1', 2);
    const refusal = await service.pass(3_000, paying);
    expectShape(refusal, 'TRANSACTION_ABORTED');
    expect(refusal.body.details).toEqual({
      transaction: 'silent~1',
      votes: [{ participant: 'payment/silent', code: 'PREPARE_TIMEOUT', reason: expect.any(String) }],
    });
    await expectAsItWas('silent', before, 'PREPARE_TIMEOUT');
  });

  it('answers a payment that an operator has ended', async () => {
    await place('resolved');
    const before = await service.client.order('get', 'resolved');
    const paying = service.client.refused('orders.pay.resolved', { method: { provider: 'sandbox', token: 'silent' } });
    await service.prepared('resolved~1', 2);
    await service.client.ask('transactions.resolve.resolved=7E1', {
      outcome: 'aborted',
      by: 'ann',
      reason: 'it takes too long',
    });
    const refusal = await paying;
    expectShape(refusal, 'TRANSACTION_ABORTED');
    expect(refusal.body.details.votes).toMatchObject([
      { code: 'RESOLVED', reason: expect.stringMatching(/ann.*it takes too long/) },
    ]);
    await expectAsItWas('resolved', before, 'RESOLVED');
    tested.add('TRANSACTION_ABORTED');
  });
});

describe('BUSY', () => {
  it('answers a command that finds the mailbox full; those that were let in are done', async () => {
    const own = await TestService.start({ mailboxLimits: { commandsPerActor: 1, commands: 100, messages: 100 } });
    await own.client.order('place', 'busy', placing);
    // They arrive together: all but the first of each read find somebody waiting.
    const flood = Array.from({ length: 50 }, (_, nth) => own.client.send('orders.note.busy', `{"text":"${nth}"}`));
    const answers = await Promise.all(flood);
    const refused = answers.filter((answer) => answer.headers?.has('Nats-Service-Error') === true);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expectShape(refusalOf(answer), 'BUSY');
      expect(refusalOf(answer).body.details).toEqual({ retryAfterMs: 50 });
    }
    const { notes } = await own.client.ask<{ notes: unknown[] }>('orders.get.busy');
    expect(notes.length).toBe(answers.length - refused.length);
    await own.stop();
    tested.add('BUSY');
  });
});

describe('STORE_CORRUPT', () => {
  it('answers an operator who asks for what is damaged, and names it', async () => {
    const data = await mkdtemp(join(tmpdir(), 'ordo-corrupt-'));
    const own = await TestService.start({ settings: { data } });
    await own.client.order('place', 'broken', placing);
    await own.stopNode();
    await flipValue(data, '!actors!order/broken');
    await own.startNode();
    for (const subject of ['admin.backup', 'admin.dump', 'admin.timers']) {
      const { body } = await expectError(own, 'STORE_CORRUPT', { subject });
      expect(body.message).toContain('order/broken');
    }
    await own.stop();
    await rm(data, { recursive: true });
    tested.add('STORE_CORRUPT');
  });
});

describe('INTERNAL', () => {
  it('answers commands and questions that trip over a bug; nothing has changed and the rest goes on', async () => {
    const { openStore, newest } = failingStores();
    const own = await TestService.start({ openStore });
    await own.client.order('place', 'broken', placing);
    await own.restart();
    newest().broken = 'order/broken';
    await expectError(own, 'INTERNAL', { subject: 'orders.note.broken', body: { text: 'x' } });
    await expectError(own, 'INTERNAL', { subject: 'orders.get.broken' });
    expect(own.errors).toHaveLength(2);
    await own.client.order('place', 'other', placing);
    newest().broken = undefined;
    expect(await own.client.order('get', 'broken')).toMatchObject({ version: 1, notes: [] });
    await own.stop();
    tested.add('INTERNAL');
  });
});

describe('STORE_UNAVAILABLE', () => {
  it('answers what comes after the store has failed; what was under way then is not answered at all', async () => {
    const { openStore, newest } = failingStores();
    const own = await TestService.start({ openStore });
    await own.client.order('place', 'SO-1', placing);
    newest().isFull = true;
    const unanswered = own.client.connection.request('orders.note.SO-1', '{"text":"lost"}', { timeout: 1_000 });
    const lost = expect(unanswered).rejects.toMatchObject({ code: 'TIMEOUT' });
    await expect.poll(() => own.fatal, { timeout: 10_000 }).toMatchObject([{ message: 'No space left on device' }]);
    await expectError(own, 'STORE_UNAVAILABLE', { subject: 'orders.note.SO-1', body: { text: 'x' } });
    await expectError(own, 'STORE_UNAVAILABLE', { subject: 'orders.place.SO-2', body: placing });
    await lost;
    await own.restart();
    expect(await own.client.order('get', 'SO-1')).toMatchObject({ version: 1, notes: [] });
    await expectError(own, 'ORDER_NOT_FOUND', { subject: 'orders.get.SO-2' });
    await own.stop();
    tested.add('STORE_UNAVAILABLE');
  });
});

describe('SHUTTING_DOWN', () => {
  it('answers a command that comes when the service stops; it was not started', async () => {
    const own = await TestService.start();
    await own.client.order('place', 'SO-1', placing);
    const wait = own.client.refused('orders.wait.SO-1', { status: 'paid' });
    await own.client.order('get', 'SO-1');
    // So many bytes that most of them are still under way when the first is answered, and the service stops.
    const body = JSON.stringify({ shippingAddress: { text: 'x'.repeat(15_000) } });
    const flood = Array.from({ length: 1_000 }, () => own.client.send('orders.amend.SO-1', body));
    const settled = Promise.allSettled(flood);
    await Promise.race(flood);
    await own.stopNode();
    const answers = (await settled).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const refused = answers.filter((answer) => answer.headers?.has('Nats-Service-Error') === true);
    expect(refused.length).toBeGreaterThan(0);
    for (const refusal of [await wait, ...refused.map(refusalOf)]) expectShape(refusal, 'SHUTTING_DOWN');
    await own.startNode();
    const { version } = await own.client.order('get', 'SO-1');
    expect(version).toBe(1 + answers.length - refused.length);
    await own.stop();
    tested.add('SHUTTING_DOWN');
  });
});

it('Every error code of the contract has a case over real NATS', () => {
  expect([...Object.keys(cases), ...apart].toSorted()).toEqual(errorCodes.toSorted());
  expect([...tested].toSorted()).toEqual(errorCodes.toSorted());
  expect(service.errors).toEqual([]);
});
