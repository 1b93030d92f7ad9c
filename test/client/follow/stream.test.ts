import { AckPolicy, connect, type JetStreamManager, nanos } from 'nats';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Client,
  type ClientClock,
  connectClient,
  type Following,
  type FollowProblem,
  systemClock,
} from '../../../src/client/index.ts';
import { type Announcing, announce, announcementMessage } from '../../fixtures/announcing.ts';
import { startTestNats, type TestNats } from '../../fixtures/nats.ts';

let nats: TestNats;
let manager: JetStreamManager;
let client: Client;
const problems: FollowProblem[] = [];
const onProblem = (problem: FollowProblem): void => void problems.push(problem);
const from = { stream: 'ORDO', durable: 'books' } as const;

beforeAll(async () => {
  nats = await startTestNats({ jetstream: true });
  manager = await nats.connection.jetstreamManager();
});
beforeEach(async () => {
  client = await connectClient({ url: nats.url });
  await client.ensureEventStream();
});
afterEach(async () => {
  await client.close();
  await manager.streams.delete('ORDO');
  problems.splice(0);
});
afterAll(() => nats.stop());

const paid = (seq: number): Announcing => ({ address: 'order/SO-1', type: 'paid', seq });
const numbers = (events: readonly { readonly data: object }[]) =>
  events.map(({ data }) => ('version' in data ? data.version : undefined));

/** The next so many that a loop gets; it is left with all of them acknowledged. */
async function take<Event extends { ack(): void }>(following: Following<Event>, count: number): Promise<Event[]> {
  const taken: Event[] = [];
  for await (const event of following) {
    event.ack();
    if (taken.push(event) === count) break;
  }
  return taken;
}

/** How the consumer stands, once nothing is with anybody any more. */
async function settled(durable: string = from.durable) {
  for (;;) {
    const { num_ack_pending: unacknowledged, num_pending: undelivered } = await manager.consumers.info('ORDO', durable);
    if (unacknowledged === 0) return { undelivered };
  }
}

describe('Following from a stream', () => {
  it('gives what was announced before and after, each once, and goes on where it was', async () => {
    await announce(nats.connection, paid(1), paid(2));
    const following = client.follow(from);
    await following.ready;
    await announce(nats.connection, paid(3));
    const taken = await take(following, 3);
    expect(numbers(taken)).toEqual([1, 2, 3]);
    expect(taken[0]).toMatchObject({ source: 'order', type: 'paid', sequence: 1, redelivered: false });
    await announce(nats.connection, paid(4));
    expect(numbers(await take(client.follow(from), 1))).toEqual([4]);
    expect(await settled()).toEqual({ undelivered: 0 });
  });

  it('acknowledges an announcement when the loop asks for the next one, and not before', async () => {
    await announce(nats.connection, paid(1), paid(2));
    const seen: unknown[] = [];
    for await (const { data } of client.follow(from)) {
      await client.connection.flush();
      const { ack_floor: acknowledged } = await manager.consumers.info('ORDO', 'books');
      seen.push([data.version, acknowledged.stream_seq]);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual([
      [1, 0],
      [2, 1],
    ]);
  });

  it.each([
    ['a break', () => undefined],
    ['a throw', () => new Error('no')],
  ])('gives again, in order, what a loop had at hand or not yet seen when it was left by %s', async (_, failure) => {
    await announce(nats.connection, paid(1), paid(2), paid(3));
    const run = async () => {
      for await (const { data } of client.follow(from)) {
        if (data.version !== 2) continue;
        const error = failure();
        if (error !== undefined) throw error;
        break;
      }
    };
    await run().catch((error: Error) => expect(error.message).toBe('no'));
    const again = await take(client.follow(from), 2);
    expect(numbers(again)).toEqual([2, 3]);
    expect(again[0]?.redelivered).toBe(true);
  });

  it.each([
    ['all', 'all', [1, 2, 3]],
    ['what is new', 'new', [3]],
    ['a sequence number', { sequence: 2 }, [2, 3]],
    ['a moment', { since: new Date(0) }, [1, 2, 3]],
  ] as const)('starts with %s where it is told to', async (_, start, expected) => {
    await announce(nats.connection, paid(1), paid(2));
    const following = client.follow({ ...from, start });
    await following.ready;
    await announce(nats.connection, paid(3));
    expect(numbers(await take(following, expected.length))).toEqual(expected);
  });

  it('gives only what was asked for, and has done with the rest', async () => {
    const changed = { address: 'stock/A', type: 'changed' } as const;
    await announce(nats.connection, paid(1), { ...paid(2), type: 'shipped' }, changed, paid(3));
    const following = client.follow({ ...from, types: ['paid', 'changed'] });
    expect((await take(following, 3)).map(({ id }) => id)).toEqual(['order/SO-1/1/0', 'stock/A/1/0', 'order/SO-1/3/0']);
    expect(await settled()).toEqual({ undelivered: 0 });
  });

  it('takes what the program asks for now, when that has changed', async () => {
    await announce(nats.connection, paid(1), { ...paid(2), type: 'shipped' });
    await take(client.follow({ ...from, types: ['paid'] }), 1);
    const following = client.follow({ ...from, types: ['shipped'] });
    await following.ready;
    await announce(nats.connection, paid(3), { ...paid(4), type: 'shipped' });
    expect(numbers(await take(following, 1))).toEqual([4]);
  });

  it('tells of what is no announcement once, and never gets it again', async () => {
    nats.connection.publish('events.order.SO-1.paid', 'nonsense');
    await announce(nats.connection, paid(1));
    expect(numbers(await take(client.follow({ ...from, onProblem }), 1))).toEqual([1]);
    expect(problems).toMatchObject([{ kind: 'malformed', subject: 'events.order.SO-1.paid' }]);
    expect(await settled()).toEqual({ undelivered: 0 });
  });

  it('does not take what has no id for a repeat of something else that has none', async () => {
    nats.connection.publish('events.order.SO-1.shipped', 'not asked for');
    nats.connection.publish('events.order.SO-1.paid', 'nonsense');
    await announce(nats.connection, paid(1), { address: 'stock/A', type: 'changed' });
    await take(client.follow({ ...from, types: ['paid', 'changed'], onProblem }), 2);
    expect(problems).toMatchObject([{ kind: 'malformed', subject: 'events.order.SO-1.paid' }]);
  });

  it('leaves out what stands in the stream twice', async () => {
    const { subject, headers, data } = announcementMessage(paid(1));
    headers.delete('Nats-Msg-Id');
    for (let count = 0; count < 2; count += 1) nats.connection.publish(subject, data, { headers });
    await announce(nats.connection, paid(2));
    expect((await manager.streams.info('ORDO')).state.messages).toBe(3);
    expect(numbers(await take(client.follow(from), 2))).toEqual([1, 2]);
    expect(await settled()).toEqual({ undelivered: 0 });
  });

  it('fetches no more than its buffer holds', async () => {
    await announce(nats.connection, ...Array.from({ length: 20 }, (_, index) => paid(index + 1)));
    let most = 0;
    const seen: unknown[] = [];
    for await (const { data, ack } of client.follow({ ...from, buffer: 3 })) {
      await client.connection.flush();
      most = Math.max(most, (await manager.consumers.info('ORDO', 'books')).num_ack_pending);
      ack();
      if (seen.push(data.version) === 20) break;
    }
    expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(3);
  });

  it('shares the work among those who follow under the same name', async () => {
    await announce(nats.connection, ...[1, 2, 3, 4].map(paid));
    const other = await connectClient({ url: nats.url });
    const [first, second] = [client.follow({ ...from, buffer: 1 }), other.follow({ ...from, buffer: 1 })];
    const taken = await Promise.all([take(first, 2), take(second, 2)]);
    expect(numbers(taken.flat()).toSorted()).toEqual([1, 2, 3, 4]);
    await other.close();
  });

  it('tells the server that it still has what takes long, so that nobody else gets it', async () => {
    const due: (() => void)[] = [];
    const clock: ClientClock = {
      ...systemClock,
      after(delayMs, action) {
        if (delayMs < 10_000) return systemClock.after(delayMs, action);
        due.push(action);
        return () => {};
      },
    };
    const said: string[] = [];
    nats.connection.subscribe('$JS.ACK.>', { callback: (_error, message) => void said.push(message.string()) });
    await announce(nats.connection, paid(1), paid(2));
    const own = await connectClient({ url: nats.url, clock });
    for await (const { data } of own.follow(from)) {
      if (data.version === 1) continue;
      for (const act of due.splice(0)) act();
      break;
    }
    await own.close();
    await nats.connection.flush();
    expect(said).toEqual(['+ACK', '+WPI', '-NAK']);
    expect(due).toHaveLength(1);
  });

  it('ends with its signal, when what is at hand has been handled', async () => {
    await announce(nats.connection, paid(1), paid(2));
    const controller = new AbortController();
    const seen: unknown[] = [];
    for await (const { data } of client.follow({ ...from, signal: controller.signal })) {
      controller.abort();
      seen.push(data.version);
    }
    expect(seen).toEqual([1]);
    expect(numbers(await take(client.follow(from), 1))).toEqual([2]);
  });

  it('gives back what was at hand when it is left after its signal, too', async () => {
    await announce(nats.connection, paid(1), paid(2));
    const controller = new AbortController();
    for await (const _ of client.follow({ ...from, signal: controller.signal })) {
      controller.abort();
      break;
    }
    expect(numbers(await take(client.follow(from), 2)).toSorted()).toEqual([1, 2]);
  });

  it('goes on when JetStream has been away', async () => {
    const own = await startTestNats({ jetstream: true });
    const connection = await connect({ servers: own.url, reconnectTimeWait: 10, maxReconnectAttempts: -1 });
    const follower = await connectClient({ connection });
    await follower.ensureEventStream();
    const following = follower.follow({ ...from, onProblem });
    await following.ready;
    await own.restart();
    await announce(own.connection, paid(1));
    expect(numbers(await take(following, 1))).toEqual([1]);
    await follower.close();
    await connection.close();
    await own.stop();
  });
});

describe('Following from a stream is refused', () => {
  const failure = (options: { stream: string; durable: string }, own: Client = client) =>
    take(own.follow(options), 1).then(
      () => undefined,
      (error: unknown) => error,
    );

  it('with STREAM_NOT_FOUND where there is none', async () => {
    expect(await failure({ ...from, stream: 'NONE' })).toMatchObject({
      code: 'STREAM_NOT_FOUND',
      message: expect.stringContaining('ensureEventStream'),
    });
  });

  it('with STREAM_NOT_FOUND when the consumer is deleted meanwhile', async () => {
    const following = client.follow(from);
    await following.ready;
    const loop = expect(take(following, 1)).rejects.toMatchObject({ code: 'STREAM_NOT_FOUND' });
    while ((await manager.consumers.info('ORDO', 'books')).num_waiting === 0);
    await manager.consumers.delete('ORDO', 'books');
    await loop;
  });

  it('with JETSTREAM_UNAVAILABLE where the server has no JetStream', async () => {
    const plain = await startTestNats();
    const own = await connectClient({ url: plain.url });
    const expected = { code: 'JETSTREAM_UNAVAILABLE', message: expect.stringContaining('-js') };
    expect(await failure(from, own)).toMatchObject(expected);
    await expect(own.ensureEventStream()).rejects.toMatchObject(expected);
    await own.close();
    await plain.stop();
  });

  it.each([
    ['a name that cannot be one', 'a.b', undefined],
    ['a consumer of another kind', 'pushed', { deliver_subject: 'here', ack_policy: AckPolicy.None }],
  ])('with FOLLOW_REFUSED for %s', async (_, durable, existing) => {
    if (existing !== undefined) await manager.consumers.add('ORDO', { durable_name: durable, ...existing });
    expect(await failure({ ...from, durable })).toMatchObject({ code: 'FOLLOW_REFUSED' });
  });

  it('and says so before the loop, too', async () => {
    await expect(client.follow({ ...from, stream: 'NONE' }).ready).rejects.toMatchObject({ code: 'STREAM_NOT_FOUND' });
  });
});

describe('The stream of announcements', () => {
  it('is made where it is missing, and left as it is where it is there', async () => {
    const changed = { address: 'order/SO-1', type: 'paid' } as const;
    expect(await client.ensureEventStream({ maxAgeMs: 1_000 })).toBe(false);
    const { config } = await manager.streams.info('ORDO');
    expect(config).toMatchObject({
      subjects: ['events.>'],
      storage: 'file',
      max_age: nanos(7 * 24 * 3_600_000),
      duplicate_window: nanos(600_000),
    });
    await announce(nats.connection, changed, changed);
    expect((await manager.streams.info('ORDO')).state.messages).toBe(1);
  });

  it('can be named and bounded', async () => {
    await manager.streams.delete('ORDO');
    const options = { name: 'SHOP', maxAgeMs: 60_000, maxBytes: 1_000_000 };
    expect(await client.ensureEventStream(options)).toBe(true);
    const { config } = await manager.streams.info('SHOP');
    expect(config).toMatchObject({ max_bytes: 1_000_000, max_age: nanos(60_000), duplicate_window: nanos(60_000) });
    await manager.streams.delete('SHOP');
    await client.ensureEventStream();
  });

  it('is refused where another stream takes the same subjects', async () => {
    await expect(client.ensureEventStream({ name: 'SECOND' })).rejects.toMatchObject({
      code: 'FOLLOW_REFUSED',
      message: expect.stringContaining('overlap'),
    });
  });

  it('is refused where a stream of its name takes something else', async () => {
    await manager.streams.add({ name: 'OTHER', subjects: ['mail.>'] });
    await expect(client.ensureEventStream({ name: 'OTHER' })).rejects.toMatchObject({
      code: 'FOLLOW_REFUSED',
      message: expect.stringContaining('takes mail.>'),
    });
    await manager.streams.delete('OTHER');
  });
});
