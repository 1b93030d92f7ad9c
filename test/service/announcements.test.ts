import type { Msg, MsgHdrs } from 'nats';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { unpackEntry } from '../../runtime/journal.ts';
import { LevelStore } from '../../runtime/level/store.ts';
import type { Store } from '../../runtime/ports.ts';
import { announcementKinds } from '../../src/contracts/index.ts';
import { StoreProxy } from '../runtime/fixtures/store-proxy.ts';
import { WellBehavedParticipant } from './fixtures/outside-participant.ts';
import type { Json, View } from './fixtures/raw-client.ts';
import { TestService } from './fixtures/test-service.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const placing = { customer: 'C-17', currency: 'GBP', lines: [{ sku: 'A B', quantity: 4, unitPrice: 100 }] };
const some = (quantity: number) => ({ lines: [{ line: 1, quantity }] });

/** What was announced to whoever listens, in the order in which it came. */
class Listener {
  readonly messages: Msg[] = [];
  readonly #service: TestService;

  constructor(service: TestService) {
    this.#service = service;
    service.client.connection.subscribe('events.>', { callback: (_error, message) => this.messages.push(message) });
  }

  /** Waits for an announcement on a subject. */
  async heard(subject: string): Promise<Msg> {
    const found = () => this.messages.find((message) => message.subject === subject);
    await this.#service.eventually(
      () => this.#service.client.connection.flush(),
      () => found() !== undefined,
    );
    const message = found();
    if (message === undefined) throw new Error(`${subject} was not announced`);
    return message;
  }
}

function allOf(headers: MsgHdrs | undefined): Json {
  return Object.fromEntries(headers?.keys().map((key) => [key, headers.get(key)]) ?? []);
}

/** Runs an order through everything that is announced. */
async function eventfulLife(service: TestService, id: string): Promise<void> {
  const send = (command: string, body: object = {}): Promise<View> => service.client.order(command, id, body);
  await service.client.ask('stock.receive.A=20B', { quantity: 100 });
  await send('place', placing);
  await service.client.refused(`orders.pay.${id}`, { method: { provider: 'sandbox', token: 'declined' } });
  await send('pay');
  await send('cancel', { ...some(1), reason: 'customer' });
  await send('ship');
  await send('deliver', { parcel: 'P1', failed: true, reason: 'nobody at home' });
  await send('deliver');
  await send('confirmReceipt');
  await send('return', some(1));
  await service.client.order('place', `${id}b`, placing);
  await service.client.order('cancel', `${id}b`, {});
}

describe('An announcement', () => {
  let service: TestService;
  let listener: Listener;

  beforeAll(async () => {
    service = await TestService.start();
    listener = new Listener(service);
  });
  afterAll(() => service.stop());

  it('is a CloudEvent in binary mode, with these headers and no others', async () => {
    await service.client.order('place', 'SO=7E1', placing, { traceparent: TRACE });
    const placed = await listener.heard('events.order.SO=7E1.placed');
    expect(allOf(placed.headers)).toEqual({
      'ce-specversion': '1.0',
      'ce-id': 'order/SO~1/1/0',
      'ce-type': 'ordo.order.placed',
      'ce-source': '/ordo',
      'ce-subject': 'SO~1',
      'ce-time': '2010-12-01T08:26:00.000Z',
      'ce-datacontenttype': 'application/json',
      'Nats-Msg-Id': 'order/SO~1/1/0',
      traceparent: TRACE,
    });
    expect(placed.json()).toEqual({
      order: 'SO~1',
      version: 1,
      change: { id: 'SO~1', customer: 'C-17', currency: 'GBP', digits: 2, terms: 'prepaid', total: 400 },
    });
  });

  it('tells of everything that api.md names', async () => {
    await eventfulLife(service, 'E-1');
    await listener.heard('events.order.E-1b.canceled');
    await listener.heard('events.transaction.E-1=7E5.committed');
    const kinds = new Set(
      listener.messages.map(({ subject }) => `${subject.split('.')[1]}.${subject.split('.').at(-1)}`),
    );
    const { order, transaction, stock } = announcementKinds;
    expect([...kinds].toSorted()).toEqual(
      [
        ...order.map((kind) => `order.${kind}`),
        ...transaction.filter((kind) => kind !== 'resolved').map((kind) => `transaction.${kind}`),
        ...stock.map((kind) => `stock.${kind}`),
      ].toSorted(),
    );
  });

  it('of each source has the data of its kind', async () => {
    expect((await listener.heard('events.order.E-1.paid')).json()).toEqual({
      order: 'E-1',
      version: expect.any(Number),
      change: { amount: 400 },
    });
    const declined = (await listener.heard('events.order.E-1.transactionAborted')).json<Json>();
    expect(declined.change).toMatchObject({ id: 'E-1~1', operation: 'pay', code: 'PAYMENT_DECLINED' });
    expect((await listener.heard('events.transaction.E-1=7E1.aborted')).json()).toMatchObject({
      transaction: 'E-1~1',
      order: 'E-1',
      change: { operation: 'pay' },
    });
    expect((await listener.heard('events.stock.A=20B.changed')).json()).toEqual({
      sku: 'A B',
      version: 1,
      change: { onHand: 100, reserved: 0, available: 100 },
    });
    expect(allOf((await listener.heard('events.stock.A=20B.changed')).headers)).toMatchObject({
      'ce-id': 'stock/A%20B/1/0',
      'ce-subject': 'A%20B',
      'ce-type': 'ordo.stock.changed',
    });
  });

  it('comes in order for each actor, once, under an id of its own', () => {
    expectInOrder(listener.messages.map(({ headers }) => headers?.get('ce-id') ?? ''));
  });

  it('says how its order has changed when the order is read at once: it is on disk before it is told', async () => {
    const paid = await listener.heard('events.order.E-1.paid');
    const { version } = paid.json<{ version: number }>();
    expect((await service.client.order('get', 'E-1')).version).toBeGreaterThanOrEqual(version);
  });
});

/** Every id once, and those of an actor by step and index. */
function expectInOrder(ids: readonly string[]): void {
  expect(new Set(ids).size).toBe(ids.length);
  const last = new Map<string, readonly [seq: number, index: number]>();
  for (const id of ids) {
    const [, address = '', seq, index] = /^(.*)\/(\d+)\/(\d+)$/.exec(id) ?? [];
    const [lastSeq, lastIndex] = last.get(address) ?? [0, -1];
    expect(Number(seq) > lastSeq || (Number(seq) === lastSeq && Number(index) === lastIndex + 1)).toBe(true);
    last.set(address, [Number(seq), Number(index)]);
  }
}

describe('Announcements in a JetStream stream', () => {
  /** A store that forgets how far it has published whenever it is closed, as one does that has crashed. */
  class ForgetfulStore extends StoreProxy {
    override async saveCursor(): Promise<void> {}
  }

  let service: TestService;
  let store: Store;
  beforeEach(async () => {
    service = await TestService.start({
      jetstream: true,
      openStore: async (directory) => {
        store = new ForgetfulStore(await LevelStore.open(directory));
        return store;
      },
    });
  });
  afterEach(() => service.stop());

  async function createStream(name: string, changes: object = {}): Promise<void> {
    const stream = { name, subjects: ['events.>'], storage: 'file', retention: 'limits', ...changes };
    const answer = await service.client.ask<{ error?: Json }>(`$JS.API.STREAM.CREATE.${name}`, stream);
    expect(answer.error).toBeUndefined();
  }

  /** The ids of all that a stream holds. */
  async function streamed(name: string): Promise<string[]> {
    const { state } = await service.client.ask<{ state: { messages: number } }>(`$JS.API.STREAM.INFO.${name}`);
    const ids: string[] = [];
    for (let seq = 1; seq <= state.messages; seq += 1) {
      const { message } = await service.client.ask<{ message: { hdrs: string } }>(`$JS.API.STREAM.MSG.GET.${name}`, {
        seq,
      });
      ids.push(/ce-id: (.*)\r\n/.exec(Buffer.from(message.hdrs, 'base64').toString())?.[1] ?? '');
    }
    return ids;
  }

  /** The ids of all that the journals say must have been announced. */
  async function announced(): Promise<string[]> {
    const ids: string[] = [];
    for (const { address, seq, announcements } of await store.feed(0, 100_000)) {
      for (let index = 0; index < announcements; index += 1) ids.push(encodeURI(`${address}/${seq}/${index}`));
    }
    return ids;
  }

  async function expectAllOf(name: string): Promise<void> {
    await service.eventually(
      () => streamed(name),
      (ids) => ids.length >= 20,
    );
    const expected = await announced();
    const ids = await service.eventually(
      () => streamed(name),
      ({ length }) => length >= expected.length,
    );
    expect(ids.toSorted()).toEqual(expected.toSorted());
    expectInOrder(ids);
  }

  it('are all there, once and in order, also when everything is published again after a crash', async () => {
    await createStream('EVENTS');
    await service.restart();
    await eventfulLife(service, 'J-1');
    await service.restart();
    await eventfulLife(service, 'J-2');
    await expectAllOf('EVENTS');
    await service.restart();
    await eventfulLife(service, 'J-3');
    await expectAllOf('EVENTS');
  });

  it('of some of them only do not hold up the others', async () => {
    await createStream('ORDERS', { subjects: ['events.order.>'] });
    await service.restart();
    const listener = new Listener(service);
    await eventfulLife(service, 'J-1');
    await listener.heard('events.order.J-1b.canceled');
    expect(await streamed('ORDERS')).toEqual((await announced()).filter((id) => id.startsWith('order/')));
  });
});

describe('The trace context of a request', () => {
  let service: TestService;
  let psp: WellBehavedParticipant;
  let listener: Listener;

  beforeAll(async () => {
    service = await TestService.start({ settings: { participants: { payment: 'service:psp' } } });
    psp = new WellBehavedParticipant(service.client.connection, 'psp', new Map(), ({ order }) =>
      order === 'T-2' ? {} : { vote: 'yes' },
    );
    listener = new Listener(service);
    await service.client.ask('stock.receive.A=20B', { quantity: 100 });
    for (const id of ['T-1', 'T-2']) await service.client.order('place', id, placing);
  });
  afterAll(async () => {
    psp.stop();
    await service.stop();
  });

  it('goes with the answer, and with an error', async () => {
    const answer = await service.client.send('orders.get.T-1', '', { traceparent: TRACE });
    expect(answer.headers?.get('traceparent')).toBe(TRACE);
    const error = await service.client.send('orders.get.nobody', '', { traceparent: TRACE });
    expect(error.headers?.get('traceparent')).toBe(TRACE);
  });

  it('goes with everything that participants are asked, and with every announcement that follows', async () => {
    const paid = await service.client.send('orders.pay.T-1', '', { traceparent: TRACE });
    expect(paid.json()).toMatchObject({ status: 'paid' });
    expect(paid.headers?.get('traceparent')).toBe(TRACE);
    const subjects = ['events.order.T-1.paid', 'events.transaction.T-1=7E1.committed'];
    for (const subject of subjects) expect((await listener.heard(subject)).headers?.get('traceparent')).toBe(TRACE);
    expect(psp.participant.asked.map(({ phase, headers }) => [phase, headers?.get('traceparent')])).toEqual([
      ['prepare', TRACE],
      ['commit', TRACE],
    ]);
    const stock = listener.messages.findLast(({ subject }) => subject === 'events.stock.A=20B.changed');
    expect(stock?.headers?.get('traceparent')).toBe(TRACE);
  });

  it('goes with what a deadline brings about, too', async () => {
    const paying = service.client.send('orders.pay.T-2', '', { traceparent: TRACE });
    await service.prepared('T-2~1', 2);
    expect((await service.pass(10_100, paying)).headers?.get('traceparent')).toBe(TRACE);
    const aborted = await listener.heard('events.order.T-2.transactionAborted');
    expect(aborted.headers?.get('traceparent')).toBe(TRACE);
    const told = psp.participant.asked.find(({ phase, body }) => phase === 'abort' && body.order === 'T-2');
    expect(told?.headers?.get('traceparent')).toBe(TRACE);
  });

  it('is ignored where it is none', async () => {
    await service.client.order('note', 'T-1', { text: 'x' }, { traceparent: 'nonsense' });
    await service.client.order('cancel', 'T-1', {}, { traceparent: '00-zz' });
    const canceled = await listener.heard('events.order.T-1.canceled');
    expect(canceled.headers?.has('traceparent')).toBe(false);
  });
});

describe('How a customer pays', () => {
  const secret = 'tok_SECRET_4711';
  const method = { provider: 'psp', token: secret };

  it('is in no history, no announcement, no answer and, when all is done, nowhere in records and journals', async () => {
    let store: Store | undefined;
    const service = await TestService.start({
      settings: { participants: { payment: 'service:psp' } },
      openStore: async (directory) => {
        store = await LevelStore.open(directory);
        return store;
      },
    });
    const listener = new Listener(service);
    const psp = new WellBehavedParticipant(service.client.connection, 'psp', new Map(), ({ order }) => {
      if (order === 'M-3') return {};
      return order === 'M-2' ? { vote: 'no', code: 'PAYMENT_DECLINED', reason: 'no' } : { vote: 'yes' };
    });
    await service.client.ask('stock.receive.A=20B', { quantity: 100 });
    const answers: string[] = [];
    for (const id of ['M-1', 'M-2', 'M-3']) {
      await service.client.order('place', id, placing);
      const paying = service.client.send(`orders.pay.${id}`, JSON.stringify({ method }), { 'Ordo-Request-Id': 'r1' });
      if (id === 'M-3') {
        await service.prepared('M-3~1', 2);
        await service.clock.pass(10_100);
      }
      answers.push((await service.pass(0, paying)).string());
      await service.client.ask(`transactions.wait.${id}=7E1`);
      for (const subject of [`orders.get.${id}`, `orders.history.${id}`, `transactions.get.${id}=7E1`]) {
        answers.push((await service.client.send(subject, '')).string());
      }
    }
    expect(psp.participant.asked.some(({ body }) => JSON.stringify(body).includes(secret))).toBe(true);
    await listener.heard('events.transaction.M-3=7E1.aborted');
    const said = listener.messages.map((message) => message.string());
    expect([...answers, ...said].filter((text) => text.includes(secret))).toEqual([]);
    if (store === undefined) throw new Error('no store was opened');
    for (const { address, seq } of await store.feed(0, 100_000)) {
      const entry = Buffer.from(store.entry(address, seq) ?? []);
      expect(entry.includes(secret) ? unpackEntry(entry) : undefined).toBeUndefined();
      expect({ address, holds: Buffer.from(store.read(address)?.record ?? []).includes(secret) }).toEqual({
        address,
        holds: false,
      });
    }
    psp.stop();
    await service.stop();
  });
});
