import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectError } from './fixtures/error-case.ts';
import { refusalOf, type View } from './fixtures/raw-client.ts';
import { TestService } from './fixtures/test-service.ts';

let service: TestService;
let id = 'Q-0';
let nth = 0;

beforeAll(async () => {
  service = await TestService.start();
  await service.client.ask('stock.receive.A', { quantity: 1_000 });
});
afterAll(() => service.stop());
beforeEach(async () => {
  nth += 1;
  id = `Q-${nth}`;
  await service.client.order('place', id, placing);
});

const placing = { customer: 'C-17', currency: 'GBP', lines: [{ sku: 'A', quantity: 1, unitPrice: 700 }] };
const silent = { method: { provider: 'sandbox', token: 'silent' } };
const declined = { method: { provider: 'sandbox', token: 'declined' } };

function request(requestId: string) {
  return { 'Ordo-Request-Id': requestId };
}

function send(command: string, body: object = {}, requestId = 'r1'): Promise<View> {
  return service.client.order(command, id, body, request(requestId));
}

/** The bytes that a command is answered with. */
async function bytes(command: string, body: object | string, requestId = 'r1'): Promise<string> {
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  return (await service.client.send(`orders.${command}.${id}`, payload, request(requestId))).string();
}

async function notes(): Promise<number> {
  return (await service.client.ask<{ notes: unknown[] }>(`orders.get.${id}`)).notes.length;
}

describe('A command with a request id', () => {
  it('is done once, and its repeats get the same bytes, also when the order has gone on', async () => {
    const first = await bytes('note', { text: 'once' });
    await service.client.order('note', id, { text: 'another' });
    expect(await bytes('note', { text: 'once' })).toBe(first);
    expect(await notes()).toBe(2);
  });

  it('is the same when its JSON is equal, however it is written', async () => {
    const first = await bytes('note', '{"text":"once","by":"ann"}');
    expect(await bytes('note', ' { "by" : "ann" , "text" : "\\u006fnce" } ')).toBe(first);
    expect(await notes()).toBe(1);
  });

  it('is done once when its copies come at the same time', async () => {
    const copies = await Promise.all(Array.from({ length: 20 }, () => bytes('note', { text: 'once' })));
    expect(new Set(copies).size).toBe(1);
    expect(await notes()).toBe(1);
  });

  it('that starts a transaction is done once when its copies come at the same time', async () => {
    const copies = await Promise.all(Array.from({ length: 10 }, () => bytes('pay', {})));
    expect(new Set(copies).size).toBe(1);
    expect(JSON.parse(copies[0] ?? '')).toMatchObject({ status: 'paid', payment: { captured: 700 } });
    expect(await service.client.ask(`payments.get.${id}`)).toMatchObject({ captured: 700 });
    await expectError(service, 'TRANSACTION_NOT_FOUND', { subject: `transactions.get.${id}=7E2` });
  });

  it('that comes again while it is under way joins the wait instead of finding the order locked', async () => {
    const first = service.client.refused(`orders.pay.${id}`, silent, request('r1'));
    await service.prepared(`${id}~1`, 2);
    const second = service.client.refused(`orders.pay.${id}`, silent, request('r1'));
    await expectError(service, 'LOCKED', { subject: `orders.pay.${id}`, body: silent, headers: request('r2') });
    const answers = [await service.pass(3_000, first), await second];
    expect(answers[0]?.body).toMatchObject({ code: 'TRANSACTION_ABORTED' });
    expect(answers[1]).toEqual(answers[0]);
  });

  it('remembers that its transaction was aborted: a new attempt needs a new id', async () => {
    const first = await service.client.refused(`orders.pay.${id}`, declined, request('r1'));
    expect(first.body.code).toBe('TRANSACTION_ABORTED');
    expect(await service.client.refused(`orders.pay.${id}`, declined, request('r1'))).toEqual(first);
    expect(await send('pay', {}, 'r2')).toMatchObject({ status: 'paid' });
    expect(await service.client.refused(`orders.pay.${id}`, declined, request('r1'))).toEqual(first);
  });

  it('forgets a refusal: the same id is tried again', async () => {
    await expectError(service, 'NOT_ACCEPTED', { subject: `orders.ship.${id}`, headers: request('r1') });
    await service.client.order('pay', id);
    expect(await send('ship')).toMatchObject({ status: 'shipped' });
  });

  it('counts for its own order only, and for its own SKU', async () => {
    await send('note', { text: 'x' });
    id = `${id}b`;
    await service.client.order('place', id, placing);
    await send('note', { text: 'y' });
    expect(await notes()).toBe(1);
    const sku = `stock.receive.S-${nth}`;
    for (let copies = 0; copies < 3; copies += 1) {
      expect(await service.client.ask(sku, { quantity: 5 }, request('r1'))).toMatchObject({ onHand: 5 });
    }
    await expectError(service, 'REQUEST_ID_REUSED', { subject: sku, body: { quantity: 6 }, headers: request('r1') });
    expect(await service.client.ask(`stock.receive.T-${nth}`, { quantity: 5 }, request('r1'))).toMatchObject({
      onHand: 5,
    });
  });

  it('is answered with what it did, whatever deadline or version a repeat carries', async () => {
    const first = await bytes('note', { text: 'x', expectedVersion: 1 });
    await service.client.order('note', id, { text: 'y' });
    expect(await bytes('note', { text: 'x', expectedVersion: 1 })).toBe(first);
  });

  it('stands in the history as the cause', async () => {
    await send('note', { text: 'x' }, 'r 1/ä');
    const { entries } = await service.client.ask<{ entries: { cause: string }[] }>(`orders.history.${id}`);
    expect(entries.at(-1)?.cause).toBe('request:r 1/ä');
  });
});

describe('After a restart', () => {
  it('a repeat gets the bytes of the first answer', async () => {
    const first = await bytes('note', { text: 'once' });
    const aborted = await bytes('pay', declined, 'r2');
    await service.restart();
    expect(await bytes('note', { text: 'once' })).toBe(first);
    expect(await bytes('pay', declined, 'r2')).toBe(aborted);
    expect(await notes()).toBe(1);
  });

  it('a repeat of what was under way joins the wait, and whoever waited before is answered too', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const sent = { ...request('r1'), traceparent };
    const first = service.client.send(`orders.pay.${id}`, JSON.stringify(silent), sent);
    await service.prepared(`${id}~1`, 2);
    await service.stopNode({ isWaiting: true });
    await service.startNode();
    const second = service.client.send(`orders.pay.${id}`, JSON.stringify(silent), request('r1'));
    expect((await service.pass(3_000, first)).headers?.get('traceparent')).toBe(traceparent);
    const answers = [refusalOf(await first), refusalOf(await second)];
    expect(answers[0]?.body).toMatchObject({ code: 'TRANSACTION_ABORTED' });
    expect(answers[1]).toEqual(answers[0]);
  });
});

describe('An order that is placed without an id', () => {
  it('gets one from its request id, so that a retry finds the same order', async () => {
    const requestId = `web-${nth}`;
    const placed = await service.client.ask<View>('orders.place', placing, request(requestId));
    expect(placed.id).toBe(base32(createHash('sha256').update(requestId).digest()).slice(0, 26));
    expect(placed.id).toMatch(/^[A-Z2-7]{26}$/);
    expect(await service.client.ask('orders.place', placing, request(requestId))).toEqual(placed);
    await expectError(service, 'REQUEST_ID_REUSED', {
      subject: 'orders.place',
      body: { ...placing, customer: 'C-18' },
      headers: request(requestId),
    });
    expect(await service.client.order('get', placed.id)).toEqual(placed);
  });

  it('gets another one each time where there is no request id', async () => {
    const placed = await Promise.all([1, 2, 3].map(() => service.client.ask<View>('orders.place', placing)));
    expect(new Set(placed.map((one) => one.id)).size).toBe(3);
    for (const one of placed) expect(one.id).toMatch(/^[A-Z2-7]{26}$/);
  });

  it('may be placed with its id by a repeat of the same request', async () => {
    const placed = await service.client.order('place', `own-${nth}`, placing, request('p1'));
    expect(await service.client.order('place', `own-${nth}`, placing, request('p1'))).toEqual(placed);
    await expectError(service, 'ORDER_EXISTS', {
      subject: `orders.place.own-${nth}`,
      body: placing,
      headers: request('p2'),
    });
  });
});

/** RFC 4648, without padding. */
function base32(data: Uint8Array): string {
  const bits = [...data].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? [])
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five, 2)])
    .join('');
}
