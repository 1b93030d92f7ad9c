import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endpointNames } from '../../src/contracts/index.ts';
import { between, pick, seeded } from '../../src/demo/random.ts';
import { BareSocket } from './fixtures/bare-socket.ts';
import { everything, expectError } from './fixtures/error-case.ts';
import { refusalOf, type View } from './fixtures/raw-client.ts';
import { TestService } from './fixtures/test-service.ts';

let service: TestService;
let socket: BareSocket;
let before: unknown;

const placing = { customer: 'C-17', currency: 'GBP', lines: [{ sku: 'A', quantity: 1, unitPrice: 700 }] };

beforeAll(async () => {
  service = await TestService.start();
  socket = await BareSocket.connect(service.url);
  await service.client.ask('stock.receive.A', { quantity: 100 });
  await service.client.order('place', 'SO-1', placing);
  await service.client.order('pay', 'SO-1');
  await service.client.ask('transactions.wait.SO-1=7E1');
  before = await everything(service, ['A']);
});
afterAll(async () => {
  socket.close();
  await service.stop();
});
/** Whatever came: it goes on, nothing has changed, and nobody has to look into the log. */
afterEach(async () => {
  await socket.flush();
  expect(await everything(service, ['A'])).toEqual(before);
  expect(await service.client.ask('$SRV.PING.orders')).toMatchObject({ name: 'orders' });
  expect(service.fatal).toEqual([]);
  expect(service.errors).toEqual([]);
});

describe('The service does not mind', () => {
  it('bytes at random, on every subject that it listens on', async () => {
    const random = seeded(4711);
    const subjects = [
      ...endpointNames.flatMap((name) => [name, `${name}.SO-1`, `${name}.SO-1=7E1`]),
      ...['order', 'transaction', 'payment', 'stock', 'shipment', 'nothing'].flatMap((type) => [
        `actors.${type}.SO-1`,
        `answers.${type}.SO-1.begin=231`,
        `answers.${type}.SO-1.nonsense`,
      ]),
      'participants.psp.prepare',
      '$SRV.INFO.orders',
    ];
    for (const subject of subjects) {
      for (const length of [1, between(random, 2, 400), between(random, 401, 4_000)]) {
        const payload = Buffer.from(Array.from({ length }, () => between(random, 0, 255)));
        socket.publish(subject, pick(random, ['', '_INBOX.nobody']), '', payload);
      }
    }
  });

  it('JSON that is nested without end', async () => {
    const open = 200_000;
    for (const json of ['['.repeat(open), `${'['.repeat(open)}${']'.repeat(open)}`]) {
      await expectError(service, 'INVALID_REQUEST', { subject: 'orders.place.deep', body: json });
    }
    const nested = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
    const body = JSON.stringify({ ...placing, metadata: 0 }).replace('"metadata":0', `"metadata":${nested}`);
    await expectError(service, 'INVALID_REQUEST', {
      subject: 'orders.place.deep',
      body,
      details: { fields: [{ path: 'metadata', why: 'must not be nested deeper than 32 levels' }] },
    });
    socket.publish('actors.order.SO-1', '_INBOX.nobody', '', `{"event":{"type":"commit","x":${nested}}}`);
  });

  it('fields that would change what objects are', async () => {
    const wrong = { subject: 'orders.note.SO-1', body: '{"text":"x","__proto__":{"by":"evil"}}' };
    await expectError(service, 'INVALID_REQUEST', wrong);
    await expectError(service, 'INVALID_REQUEST', {
      subject: 'orders.place.proto',
      body: JSON.stringify({ ...placing, metadata: 0 }).replace(':0}', ':{"a":{"__proto__":{"x":1}}}}'),
    });
    for (const id of ['__proto__', 'constructor', 'toString']) {
      await expectError(service, 'ORDER_NOT_FOUND', { subject: `orders.get.${id}` });
      expect(await service.client.ask(`stock.get.${id}`)).toMatchObject({ sku: id, onHand: 0 });
    }
  });

  it('headers that are broken: a request is answered all the same, or refused', async () => {
    const inbox = service.client.connection.subscribe('answers-to.broken.*');
    const blocks = {
      line: 'NATS/1.0\r\nOrdo-Request-Id\r\n\r\n',
      version: 'NATS/9.9 nonsense\r\n\r\n',
      status: 'NATS/1.0 503\r\n\r\n',
      colon: 'NATS/1.0\r\n: x\r\n\r\n',
      space: 'NATS/1.0\r\nA B: x\r\n\r\n',
      carriage: 'NATS/1.0\r\ntraceparent: a\rb\r\n\r\n',
      newline: 'NATS/1.0\r\ntraceparent: a\nb\r\n\r\n',
      bytes: Buffer.concat([Buffer.from('NATS/1.0\r\nOrdo-Request-Id: '), Buffer.of(0xff, 0), Buffer.from('\r\n\r\n')]),
      twice: 'NATS/1.0\r\ntraceparent: a\r\ntraceparent: b\r\n\r\n',
    };
    for (const [name, headers] of Object.entries(blocks)) {
      socket.publish('orders.get.SO-1', `answers-to.broken.${name}`, headers);
      socket.publish('actors.order.SO-1', '_INBOX.nobody', headers, '{"event":{"type":"commit"}}');
      socket.publish('answers.order.SO-1.begin=231', '', headers, '{"outcome":"aborted"}');
    }
    const answered = new Set<string>();
    for await (const answer of inbox) {
      answered.add(answer.subject.split('.')[2] ?? '');
      const isRefused = answer.headers?.has('Nats-Service-Error') === true;
      const { code, id } = answer.json<{ code?: string; id?: string }>();
      expect(isRefused ? code : id).toBe(isRefused ? 'INVALID_REQUEST' : 'SO-1');
      if (answered.size === Object.keys(blocks).length) break;
    }
  });

  it('ids that are spelt in ways that nobody would think of', async () => {
    const tokens = ['=', '==', '=2', '=G0', '=00=', '%20', '$', '=ED=A0=80', '=F5=80=80=80', '=C0=80'];
    for (const token of tokens) {
      for (const subject of [`orders.get.${token}`, `transactions.outcome.${token}`, `stock.get.${token}`]) {
        await expectError(service, 'INVALID_ID', { subject });
      }
      socket.publish(`actors.order.${token}`, '_INBOX.nobody', '', '{"event":{"type":"commit"}}');
      socket.publish(`answers.${token}.SO-1.x`, '', '', '{}');
    }
    expect(await service.client.ask('stock.get.=00')).toMatchObject({ sku: '\u0000', onHand: 0 });
  });

  it('messages between actors that no actor sends', async () => {
    const branch = { transaction: 'X~1', branch: 'b', order: 'X', operation: 'reserve', deadline: 9e15, args: {} };
    const events = [
      { type: 'place', id: 'SO-1' },
      { type: 'receive', quantity: 1_000 },
      { type: 'resolve', outcome: 'aborted' },
      { type: 'xstate.after.paymentWindow.order.payment.unpaid' },
      { type: 'xstate.init' },
      { type: '*' },
      { type: 'commit' },
      { type: 'commit', ...branch, transaction: 'SO-1~2' },
      { type: 'abort', ...branch, transaction: 'SO-1~1' },
      { type: 'commit', ...branch },
      { type: 'prepare', ...branch, deadline: 'soon' },
      { type: 'begin.answered', outcome: 'aborted' },
      { type: 'inquire' },
    ];
    for (const event of events) {
      for (const address of ['order.SO-1', 'stock.A', 'payment.SO-1', 'transaction.SO-1=7E1', 'shipment.SO-1']) {
        socket.publish(`actors.${address}`, '_INBOX.nobody', '', JSON.stringify({ event, cause: 'evil' }));
        socket.publish(`actors.${address}`, '', '', JSON.stringify({ event }));
      }
    }
  });

  it('work that makes no sense: the stock votes no, and nothing is held', async () => {
    const deadline = service.clock.now() + 1_000;
    const wrongs = [
      {},
      { quantity: 'NaN' },
      { quantity: -5 },
      { quantity: 1e300 },
      { quantity: 0.5 },
      { quantity: null },
    ];
    for (const [nth, args] of wrongs.entries()) {
      const transaction = `X~${nth + 1}`;
      const event = { type: 'prepare', transaction, branch: 'b', order: 'X', operation: 'reserve', deadline, args };
      expect(await service.client.ask('actors.stock.B', { event, cause: 'evil' })).toMatchObject({ vote: 'no' });
    }
    expect(await service.client.ask('stock.get.B')).toMatchObject({ onHand: 0, reserved: 0 });
  });

  it('a small message that unpacks to a huge one', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024, ' '));
    socket.publish('actors.order.SO-1', '_INBOX.nobody', 'NATS/1.0\r\nContent-Encoding: gzip\r\n\r\n', bomb);
  });

  it('answers that go to itself', async () => {
    for (const reply of ['orders.note.SO-1', 'actors.order.SO-1', 'answers.order.SO-1.begin=231', 'events.order.x.y']) {
      socket.publish('orders.get.SO-1', reply, '');
      socket.publish('orders.get.nobody', reply, '');
    }
  });
});

describe('A command that nobody waits for', () => {
  it('is done', async () => {
    const own = await TestService.start();
    const bare = await BareSocket.connect(own.url);
    bare.publish('orders.place.SO-2', '', '', JSON.stringify(placing));
    await bare.flush();
    expect(await own.client.order('get', 'SO-2')).toMatchObject({ status: 'pending' });
    bare.close();
    await own.stop();
  });
});

describe('The largest order', () => {
  it('there is, of 1,110 articles, is paid and shipped whatever its articles are called', async () => {
    const own = await TestService.start();
    const { client } = own;
    const numbers = Array.from({ length: 1_110 }, (_, nth) => nth);
    const sku = (nth: number) => `${nth}`.padStart(128, 'SKU-');
    await Promise.all(numbers.map((nth) => client.ask(`stock.receive.${sku(nth)}`, { quantity: 1 })));
    const lines = numbers.map((nth) => ({ sku: sku(nth), quantity: 1, unitPrice: 1 }));
    await client.order('place', 'BIG', { ...placing, lines });
    expect(await client.order('pay', 'BIG')).toMatchObject({ status: 'paid', payment: { captured: 1_110 } });
    expect(await client.order('ship', 'BIG')).toMatchObject({ status: 'shipped' });
    await client.ask('transactions.wait.BIG=7E2', { timeoutMs: 60_000 });
    expect(await client.ask(`stock.get.${sku(1_109)}`)).toMatchObject({ onHand: 0, reserved: 0 });
    expect(own.errors).toEqual([]);
    await own.stop();
  });

  it('that a message can hold is decided on, though what it asks of all its articles is larger than that', async () => {
    const own = await TestService.start();
    const sku = (nth: number) => `${nth}`.padStart(128, '"');
    const lines = Array.from({ length: 1_500 }, (_, nth) => ({ sku: sku(nth), quantity: 1, unitPrice: 1 }));
    const placed: View = await own.client.order('place', 'BIG', { ...placing, lines });
    expect(placed.lines).toHaveLength(1_500);
    const answer = refusalOf(await own.client.send('orders.pay.BIG', ''));
    expect(answer.body).toMatchObject({ code: 'TRANSACTION_ABORTED' });
    await own.stop();
  });
});
