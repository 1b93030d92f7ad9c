import { connect } from 'nats';
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import {
  type Client,
  connectClient,
  type Following,
  type FollowProblem,
  type UnknownAnnouncement,
} from '../../../src/client/index.ts';
import { announce, announcementMessage } from '../../fixtures/announcing.ts';
import { flushed, startTestNats, type TestNats } from '../../fixtures/nats.ts';
import { startConfiguredNats } from '../../service/fixtures/configured-nats.ts';

let nats: TestNats;
let client: Client;
const problems: FollowProblem[] = [];
const onProblem = (problem: FollowProblem): void => void problems.push(problem);

beforeAll(async () => {
  nats = await startTestNats();
  client = await connectClient({ url: nats.url });
});
afterEach(() => void problems.splice(0));
afterAll(async () => {
  await client.close();
  await nats.stop();
});

/** The next so many that a loop gets, before it is left. */
async function take<Event>(following: Following<Event>, count: number): Promise<Event[]> {
  const taken: Event[] = [];
  for await (const event of following) if (taken.push(event) === count) break;
  return taken;
}

describe('Following from core NATS', () => {
  it('gives what is announced from the moment it is ready, in order', async () => {
    const following = client.follow({});
    await following.ready;
    await announce(
      nats.connection,
      { address: 'order/SO 1', type: 'placed' },
      { address: 'stock/85123A', type: 'changed' },
      { address: 'order/SO 1', type: 'paid', seq: 2 },
    );
    const taken = await take(following, 3);
    expect(taken.map((event) => event.id)).toEqual(['order/SO%201/1/0', 'stock/85123A/1/0', 'order/SO%201/2/0']);
    expect(taken[0]).toMatchObject({ source: 'order', type: 'placed', data: { order: 'SO 1', version: 1 } });
  });

  it('gives only what was asked for, and is typed by it', async () => {
    const paid = client.follow({ types: ['paid', 'changed'] });
    const one = client.follow({ order: 'SO-2' });
    await Promise.all([paid.ready, one.ready]);
    await announce(
      nats.connection,
      { address: 'order/SO-1', type: 'paid' },
      { address: 'order/SO-1', type: 'shipped', seq: 2 },
      { address: 'order/SO-2', type: 'shipped' },
      { address: 'stock/A', type: 'changed' },
    );
    const [first, second] = await take(paid, 2);
    expect([first?.id, second?.id]).toEqual(['order/SO-1/1/0', 'stock/A/1/0']);
    if (first?.type === 'paid') expectTypeOf(first.data.order).toEqualTypeOf<string>();
    if (second?.type === 'changed') expectTypeOf(second.data.sku).toEqualTypeOf<string>();
    const [about] = await take(one, 1);
    expect(about?.type).toBe('shipped');
    expectTypeOf(about?.type).extract<'changed'>().toBeNever();
    expectTypeOf(about).extract<UnknownAnnouncement>().not.toBeNever();
  });

  it('leaves out what comes again', async () => {
    const following = client.follow({});
    await following.ready;
    const paid = { address: 'order/SO-3', type: 'paid' } as const;
    await announce(nats.connection, paid, paid, { address: 'order/SO-3', type: 'shipped', seq: 2 });
    expect((await take(following, 2)).map(({ type }) => type)).toEqual(['paid', 'shipped']);
  });

  it('tells of what is no announcement, and goes on', async () => {
    const following = client.follow({ onProblem });
    await following.ready;
    nats.connection.publish('events.order.SO-4.paid', '{}');
    await announce(nats.connection, { address: 'order/SO-4', type: 'paid' });
    expect((await take(following, 1)).map(({ id }) => id)).toEqual(['order/SO-4/1/0']);
    const why = 'ce-specversion must be 1.0';
    expect(problems).toEqual([{ kind: 'malformed', subject: 'events.order.SO-4.paid', why }]);
  });

  it('gives what it does not know yet as unknown, where no types are named', async () => {
    const following = client.follow({});
    await following.ready;
    const { headers, data } = announcementMessage({ address: 'order/SO-5', type: 'paid' });
    headers.set('ce-type', 'ordo.order.archived');
    nats.connection.publish('events.order.SO-5.archived', data, { headers });
    expect(await take(following, 1)).toMatchObject([{ type: 'unknown', eventType: 'ordo.order.archived' }]);
  });

  it('lets go of the oldest where the loop is too slow, and says how many', async () => {
    const following = client.follow({ buffer: 2, onProblem });
    await following.ready;
    const all = [1, 2, 3, 4, 5].map((seq) => ({ address: 'order/SO-6', type: 'paid', seq }) as const);
    await announce(nats.connection, ...all);
    await client.connection.flush();
    expect((await take(following, 2)).map(({ id }) => id)).toEqual(['order/SO-6/4/0', 'order/SO-6/5/0']);
    expect(problems).toEqual([{ kind: 'dropped', count: 3 }]);
  });

  it.each([
    ['stream without durable', { stream: 'S' }, 'stream and durable belong together'],
    ['durable without stream', { durable: 'd' }, 'stream and durable belong together'],
    ['a buffer of nothing', { buffer: 0 }, 'buffer must be a whole number from 1'],
    ['types of nothing', { types: [] }, 'types must name at least one type'],
  ])('refuses %s at once', (_, options, why) => {
    expect(() => client.follow(options as object)).toThrow(why);
  });

  it('takes no option that is misspelled', () => {
    // @ts-expect-error there is no `type`
    const misspelled = () => client.follow({ type: ['paid'] });
    expect(misspelled).toBeTypeOf('function');
  });
});

describe('A loop over announcements ends', () => {
  it('with its signal, quietly, and stops listening', async () => {
    const connection = await connect({ servers: nats.url });
    const own = await connectClient({ connection });
    const before = connection.stats();
    const controller = new AbortController();
    const following = own.follow({ signal: controller.signal });
    await following.ready;
    const loop = take(following, 1);
    controller.abort();
    expect(await loop).toEqual([]);
    await connection.flush();
    await announce(nats.connection, { address: 'order/SO-7', type: 'paid' });
    await connection.flush();
    expect(connection.stats().inMsgs).toBe(before.inMsgs);
    await own.close();
    await connection.close();
  });

  it('at once where the signal is aborted already', async () => {
    expect(await take(client.follow({ signal: AbortSignal.abort() }), 1)).toEqual([]);
  });

  it('when the client is closed, quietly', async () => {
    const own = await connectClient({ url: nats.url });
    const loop = take(own.follow({}), 1);
    await own.close();
    expect(await loop).toEqual([]);
  });

  it('with CONNECTION_CLOSED when the server is gone for good', async () => {
    const short = await startTestNats();
    const connection = await connect({ servers: short.url, reconnect: false });
    const own = await connectClient({ connection });
    const following = own.follow({});
    await following.ready;
    const loop = expect(take(following, 1)).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    await short.stop();
    await loop;
  });

  it('with FOLLOW_REFUSED where the server does not allow it', async () => {
    const server = await startConfiguredNats(
      'authorization: { users: [{ user: a, password: b, permissions: { subscribe: "_INBOX.>" } }] }',
    );
    const own = await connectClient({ connection: await connect({ servers: server.url, user: 'a', pass: 'b' }) });
    await expect(take(own.follow({ order: 'SO-1' }), 1)).rejects.toMatchObject({
      code: 'FOLLOW_REFUSED',
      message: expect.stringContaining('follow events.order.SO-1.*'),
    });
    await own.connection.close();
    await server.stop();
  });
});

it('A lost connection is told of, and the loop goes on when it is back', async () => {
  const own = await startTestNats();
  const connection = await connect({ servers: own.url, reconnectTimeWait: 10, maxReconnectAttempts: -1 });
  const follower = await connectClient({ connection });
  const following = follower.follow({ onProblem });
  await following.ready;
  await own.restart();
  await flushed(connection);
  await announce(own.connection, { address: 'order/SO-8', type: 'paid' });
  expect((await take(following, 1)).map(({ id }) => id)).toEqual(['order/SO-8/1/0']);
  expect(problems).toEqual([{ kind: 'interrupted' }]);
  await follower.close();
  await connection.close();
  await own.stop();
});

it('A loop that begins while the connection is lost is ready when it is back', async () => {
  const own = await startTestNats();
  const connection = await connect({ servers: own.url, reconnectTimeWait: 10, maxReconnectAttempts: -1 });
  const follower = await connectClient({ connection });
  const restarted = own.restart();
  for await (const { type } of connection.status()) if (type === 'disconnect') break;
  const following = follower.follow({});
  await Promise.all([restarted, following.ready]);
  await announce(own.connection, { address: 'order/SO-9', type: 'paid' });
  expect((await take(following, 1)).map(({ id }) => id)).toEqual(['order/SO-9/1/0']);
  await follower.close();
  await connection.close();
  await own.stop();
});
