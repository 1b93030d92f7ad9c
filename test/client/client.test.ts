import { connect } from 'nats';
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { type CallOptions, type Client, type ClientClock, connectClient, OrdoError } from '../../src/client/index.ts';
import type { OrderView } from '../../src/contracts/index.ts';
import { placeInput } from '../fixtures/bodies.ts';
import { TestClock } from '../fixtures/client-clock.ts';
import { type Behavior, FakeError, FakeService } from '../fixtures/fake-service.ts';
import { startTestNats, type TestNats } from '../fixtures/nats.ts';

let nats: TestNats;
let clock: TestClock;
const opened: { close(): Promise<void> }[] = [];
const services: FakeService[] = [];

beforeAll(async () => {
  nats = await startTestNats();
});
afterAll(() => nats.stop());
afterEach(async () => {
  for (const service of services.splice(0)) service.stop();
  for (const client of opened.splice(0)) await client.close();
});

async function openClient(): Promise<Client> {
  clock = new TestClock();
  const client = await connectClient({ url: nats.url, clock });
  opened.push(client);
  return client;
}

async function serve(subject: string, behavior: Behavior): Promise<FakeService> {
  const service = new FakeService(nats.connection, [subject], behavior);
  services.push(service);
  await nats.connection.flush();
  return service;
}

/** Behaves in turn: the first request as the first behavior says, and so on; the last one stays. */
function inTurn(...results: (object | undefined | (() => object | undefined))[]): Behavior {
  return () => {
    const result = results.length > 1 ? results.shift() : results[0];
    return typeof result === 'function' ? result() : result;
  };
}

async function failureOf(call: Promise<unknown>): Promise<OrdoError> {
  const error = await call.then(
    () => new Error('the call was answered'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof OrdoError)) throw error;
  return error;
}

const once: CallOptions = { retry: false };

describe('a call', () => {
  it('is published on the subject of its endpoint with its key escaped, and gets the answer', async () => {
    const client = await openClient();
    const service = await serve('orders.>', () => ({ id: 'SO 1' }));
    const view = await client.command('place', 'SO 1', placeInput());
    expectTypeOf(view).toEqualTypeOf<OrderView>();
    expect(view.id).toBe('SO 1');
    expect(service.received).toMatchObject([{ subject: 'orders.place.SO=201', body: placeInput() }]);
    expect(client.waiting).toBe(0);
  });

  it('is typed by its endpoint', async () => {
    const client = await openClient();
    await serve('stock.get.A', () => ({ sku: 'A', onHand: 1, reserved: 0, available: 1 }));
    const stock = await client.call('stock.get', 'A', {});
    expectTypeOf(stock.onHand).toEqualTypeOf<number>();
    expect(stock.onHand).toBe(1);
  });

  it('gets its own answer among many at once, in whatever order they come', async () => {
    const client = await openClient();
    const held: (() => void)[] = [];
    await serve('stock.get.*', ({ subject, message }) => {
      held.push(() => message.respond(JSON.stringify({ sku: subject.slice('stock.get.'.length) })));
      if (held.length === 50) for (const release of held.reverse()) release();
      return undefined;
    });
    const skus = Array.from({ length: 50 }, (_, index) => `S${index}`);
    const answers = await Promise.all(skus.map((sku) => client.call('stock.get', sku, {})));
    expect(answers.map((answer) => answer.sku)).toEqual(skus);
  });

  it('takes the first of two answers', async () => {
    const client = await openClient();
    await serve('orders.counts', ({ message }) => {
      message.respond('{"status":{"paid":1}}');
      return { status: { paid: 2 } };
    });
    expect(await client.call('orders.counts', null, {})).toEqual({ status: { paid: 1 } });
    expect(await client.call('orders.counts', null, {})).toEqual({ status: { paid: 1 } });
  });

  it('carries a made-up request id where it is a command, and none where it is a question', async () => {
    const client = await openClient();
    const service = await serve('orders.>', () => ({}));
    await client.command('note', 'SO-1', { text: 'x' });
    await client.call('orders.get', 'SO-1', {});
    expect(service.received[0]?.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(service.received[1]?.requestId).toBeUndefined();
  });

  it('carries the request id, deadline and trace context that it was given', async () => {
    const client = await openClient();
    const service = await serve('orders.note.*', () => ({}));
    const deadline = new Date('2030-01-01T00:00:00.000Z');
    await client.command('note', 'SO-1', { text: 'x' }, { requestId: 'r1', deadline, traceparent: '00-a' });
    const sent = service.received[0]?.message.headers;
    expect(['Ordo-Request-Id', 'Ordo-Deadline', 'traceparent'].map((name) => sent?.get(name))).toEqual([
      'r1',
      '2030-01-01T00:00:00.000Z',
      '00-a',
    ]);
  });
});

describe('a failure', () => {
  it('that the service answers has its code, number, flag and details', async () => {
    const client = await openClient();
    const details = { state: {}, accepts: ['note'], failed: [{ guard: 'isPaid', why: 'it is not' }] };
    await serve('orders.ship.*', () => new FakeError('NOT_ACCEPTED', details));
    const error = await failureOf(client.command('ship', 'SO-1', {}));
    expect(error).toMatchObject({ code: 'NOT_ACCEPTED', number: 409, retriable: false, details });
    expect(error.outcomeUnknown).toBe(false);
  });

  it('with a code that is not known yet is handed on', async () => {
    const client = await openClient();
    await serve('orders.ship.*', ({ message }) => {
      const headers = message.headers;
      headers?.set('Nats-Service-Error-Code', '418');
      const body = { code: 'TEAPOT', message: 'short and stout', retriable: true, details: {} };
      message.respond(JSON.stringify(body), headers && { headers });
      return undefined;
    });
    const error = await failureOf(client.command('ship', 'SO-1', {}, once));
    expect(error).toMatchObject({ code: 'TEAPOT', number: 418, retriable: true });
  });

  it('is NO_RESPONDERS, and nothing was received, where nobody listens', async () => {
    const client = await openClient();
    const error = await failureOf(client.command('pay', 'SO-1', {}, once));
    expect(error).toMatchObject({ code: 'NO_RESPONDERS', number: 503, retriable: true, outcomeUnknown: false });
  });

  it('is TIMEOUT, with the outcome unknown, where no answer comes', async () => {
    const client = await openClient();
    await serve('orders.pay.*', () => void queueMicrotask(() => clock.runOutOfPatience()));
    const error = await failureOf(client.command('pay', 'SO-1', {}, once));
    expect(error).toMatchObject({ code: 'TIMEOUT', retriable: true, outcomeUnknown: true });
    expect(client.waiting).toBe(0);
  });

  it('is UNREADABLE_ANSWER where the answer is not JSON', async () => {
    const client = await openClient();
    await serve('orders.counts', ({ message }) => void message.respond('hello'));
    expect(await failureOf(client.call('orders.counts', null, {}))).toMatchObject({ code: 'UNREADABLE_ANSWER' });
  });

  it('is TOO_LARGE where NATS itself would not take the message', async () => {
    const client = await openClient();
    const error = await failureOf(client.command('note', 'SO-1', { text: 'x'.repeat(2_000_000) }));
    expect(error).toMatchObject({ code: 'TOO_LARGE', number: 413 });
  });

  it('is CONNECTION_CLOSED, with the outcome unknown, where the client is closed meanwhile', async () => {
    const client = await openClient();
    await serve('orders.pay.*', () => void client.close());
    const error = await failureOf(client.command('pay', 'SO-1', {}));
    expect(error).toMatchObject({ code: 'CONNECTION_CLOSED', outcomeUnknown: true });
    expect(await failureOf(client.command('pay', 'SO-1', {}))).toMatchObject({ code: 'CONNECTION_CLOSED' });
  });

  it('is CONNECTION_FAILED where there is no NATS server', async () => {
    const error = await failureOf(connectClient({ url: 'nats://127.0.0.1:1' }));
    expect(error).toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(error.message).toContain('nats://127.0.0.1:1');
  });
});

describe('trying again', () => {
  it.each(['BUSY', 'LOCKED', 'SHUTTING_DOWN', 'STORE_UNAVAILABLE'] as const)(
    'follows %s, with the same request id and growing pauses',
    async (code) => {
      const client = await openClient();
      const service = await serve('orders.pay.*', inTurn(new FakeError(code), new FakeError(code), { id: 'SO-1' }));
      expect(await client.command('pay', 'SO-1', {})).toEqual({ id: 'SO-1' });
      expect(service.received).toHaveLength(3);
      expect(new Set(service.received.map(({ requestId }) => requestId)).size).toBe(1);
      expect(clock.pauses).toEqual([12.5, 25]);
    },
  );

  it('pauses at least as long as the service asks for', async () => {
    const client = await openClient();
    await serve('orders.pay.*', inTurn(new FakeError('LOCKED', { retryAfterMs: 50 }), {}));
    await client.command('pay', 'SO-1', {});
    expect(clock.pauses).toEqual([62.5]);
  });

  it('follows a time-out with the same request id', async () => {
    const client = await openClient();
    const silent = () => void queueMicrotask(() => clock.runOutOfPatience());
    const service = await serve('orders.pay.*', inTurn(silent, { id: 'SO-1' }));
    expect(await client.command('pay', 'SO-1', {})).toEqual({ id: 'SO-1' });
    expect(new Set(service.received.map(({ requestId }) => requestId)).size).toBe(1);
  });

  it.each(['NOT_ACCEPTED', 'TRANSACTION_ABORTED', 'WAIT_TIMEOUT', 'DEADLINE_EXCEEDED'] as const)(
    'does not follow %s',
    async (code) => {
      const client = await openClient();
      const service = await serve('orders.pay.*', () => new FakeError(code));
      expect(await failureOf(client.command('pay', 'SO-1', {}))).toMatchObject({ code });
      expect(service.received).toHaveLength(1);
    },
  );

  it('ends when its time is over, with the last error', async () => {
    const client = await openClient();
    const error = await failureOf(client.command('pay', 'SO-1', {}, { retry: { maxElapsedMs: 1_000 } }));
    expect(error).toMatchObject({ code: 'NO_RESPONDERS', outcomeUnknown: false });
    const waited = clock.pauses.reduce((sum, pause) => sum + pause, 0);
    expect(waited).toBeLessThanOrEqual(1_000);
    expect(clock.pauses.length).toBeGreaterThan(4);
  });

  it('ends at the deadline', async () => {
    const client = await openClient();
    const deadline = new Date(clock.now() + 100);
    expect(await failureOf(client.command('pay', 'SO-1', {}, { deadline }))).toMatchObject({ code: 'NO_RESPONDERS' });
    expect(clock.now()).toBeLessThanOrEqual(deadline.getTime());
  });

  it('says that the outcome is unknown when a time-out was followed by "not now" only', async () => {
    const client = await openClient();
    const silent = () => void queueMicrotask(() => clock.runOutOfPatience());
    await serve('orders.pay.*', inTurn(silent, new FakeError('BUSY')));
    const error = await failureOf(client.command('pay', 'SO-1', {}));
    expect(error).toMatchObject({ code: 'BUSY', number: 429, outcomeUnknown: true });
  });

  it('is not done where it is switched off for the client', async () => {
    const client = await connectClient({ url: nats.url, defaults: { retry: false } });
    opened.push(client);
    const service = await serve('orders.pay.*', () => new FakeError('BUSY'));
    await failureOf(client.command('pay', 'SO-1', {}));
    expect(service.received).toHaveLength(1);
  });
});

describe('a signal', () => {
  it('ends a call that waits for its answer', async () => {
    const client = await openClient();
    const controller = new AbortController();
    await serve('orders.pay.*', () => void controller.abort(new Error('enough')));
    await expect(client.command('pay', 'SO-1', {}, { signal: controller.signal })).rejects.toThrow('enough');
    expect(client.waiting).toBe(0);
  });

  it('ends a call that pauses before its next attempt', async () => {
    const controller = new AbortController();
    const pausing: ClientClock = {
      now: () => 0,
      random: () => 0,
      after(delayMs) {
        if (delayMs < 15_000) queueMicrotask(() => controller.abort(new Error('enough')));
        return () => {};
      },
    };
    const client = await connectClient({ url: nats.url, clock: pausing });
    opened.push(client);
    await expect(client.command('pay', 'SO-1', {}, { signal: controller.signal })).rejects.toThrow('enough');
  });

  it('that is aborted already keeps the call from being sent', async () => {
    const client = await openClient();
    const service = await serve('orders.pay.*', () => ({}));
    await expect(client.command('pay', 'SO-1', {}, { signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow(
      'no',
    );
    expect(service.received).toHaveLength(0);
  });
});

it('leaves a connection open that was handed to it', async () => {
  const connection = await connect({ servers: nats.url });
  opened.push(connection);
  const client = await connectClient({ connection });
  await client.close();
  expect(connection.isClosed()).toBe(false);
});

it('waits longer for the answer to a question that itself waits', async () => {
  const delays: number[] = [];
  const noting: ClientClock = {
    now: () => 0,
    random: () => 0,
    after(delayMs) {
      delays.push(delayMs);
      return () => {};
    },
  };
  const client = await connectClient({ url: nats.url, clock: noting });
  opened.push(client);
  await serve('orders.>', () => ({}));
  await client.call('orders.wait', 'SO-1', { status: 'paid', timeoutMs: 60_000 });
  await client.call('orders.get', 'SO-1', {});
  expect(delays).toEqual([65_000, 15_000]);
});
