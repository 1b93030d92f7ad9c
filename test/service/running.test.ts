import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Level } from 'level';
import { connect, type NatsConnection } from 'nats';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startNatsServer } from '../../src/nats-server.ts';
import { startTestNats, type TestNats } from '../fixtures/nats.ts';
import { RawClient, refusalOf } from './fixtures/raw-client.ts';
import { ServeProcess } from './fixtures/serve-process.ts';

const placing = { customer: 'C-17', currency: 'GBP', fees: [{ code: 'F', amount: 100 }] };
const silent = JSON.stringify({ method: { provider: 'sandbox', token: 'silent' } });

let root: string;
let data: string;
let nth = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ordo-running-'));
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(() => {
  nth += 1;
  data = join(root, `data-${nth}`);
});

/** What a client can do with a service at an address, until the client is closed. */
async function withClient<T>(url: string, use: (client: RawClient) => Promise<T>): Promise<T> {
  const connection: NatsConnection = await connect({ servers: url, reconnect: false });
  try {
    return await use(new RawClient(connection));
  } finally {
    await connection.close();
  }
}

describe('ordo serve', () => {
  it('says ready on standard output and nothing else, logs on standard error, and ends well at SIGTERM', async () => {
    const serve = new ServeProcess(['--data', data, '--nats-port', '0', '--log', 'debug']);
    const url = await serve.ready();
    expect(url).toMatch(/^nats:\/\/127\.0\.0\.1:\d+$/);
    await withClient(url, (client) => client.order('place', 'SO-1', placing));

    const second = new ServeProcess(['--data', data, '--nats-port', '0']);
    expect(await second.ended()).toBeGreaterThan(0);
    expect(second.errors).toMatch(/^LEVEL_LOCKED: Another ordo process has .*data-1 open\. .*--data/);
    expect(second.output).toBe('');

    expect(await serve.end('SIGTERM')).toBe(0);
    expect(serve.output).toBe(`ready ${url}\n`);
    expect(serve.log).toContainEqual(expect.objectContaining({ name: 'ordo', level: 20, msg: 'nats-server' }));
    // How long a disk takes is no business of this test.
    const warnings = serve.log.filter(({ level, msg }) => Number(level) >= 40 && !/disk was slow/.test(String(msg)));
    expect(warnings).toEqual([]);
    await expect(connect({ servers: url, reconnect: false })).rejects.toMatchObject({ code: 'CONNECTION_REFUSED' });
  });

  it('takes its settings from the environment, flags first, and ends well at SIGINT', async () => {
    const env = {
      ORDO_DATA: data,
      ORDO_NATS_PORT: '0',
      ORDO_PAYMENT_WINDOW: '1h',
      ORDO_RETENTION: '1s',
      ORDO_LOG: 'silent',
    };
    const serve = new ServeProcess(['--payment-window', '1ms', '--prepare-timeout', '300ms'], { env });
    await withClient(await serve.ready(), async (client) => {
      await client.order('place', 'SO-1', placing);
      expect(await client.order('wait', 'SO-1', { status: 'canceled' })).toMatchObject({ cancelReason: 'expired' });
      await client.order('place', 'SO-2', { ...placing, terms: 'invoice' });
      const { body } = refusalOf(await client.send('orders.pay.SO-2', silent));
      expect(body.details.votes).toMatchObject([{ code: 'PREPARE_TIMEOUT' }]);
      const { startedAt, deadline } = await client.ask<{ startedAt: string; deadline: string }>(
        'transactions.wait.SO-2=7E1',
      );
      expect(Date.parse(deadline) - Date.parse(startedAt)).toBeLessThanOrEqual(300);
    });
    expect(await serve.end('SIGINT')).toBe(0);
    expect(serve.errors).toBe('');
  });

  it('finishes what is under way before it ends: whoever waits gets an answer', async () => {
    const serve = new ServeProcess(['--data', data, '--nats-port', '0']);
    await withClient(await serve.ready(), async (client) => {
      await client.order('place', 'SO-1', placing);
      const paying = client.send('orders.pay.SO-1', silent);
      await client.ask('orders.get.SO-1');
      serve.signal('SIGTERM');
      expect(refusalOf(await paying).body).toMatchObject({ code: 'TRANSACTION_ABORTED' });
    });
    expect(await serve.ended()).toBe(0);
  });

  it('ends well at a signal that comes while it starts', async () => {
    const serve = new ServeProcess(['--data', data, '--nats-port', '0', '--log', 'debug']);
    // The first thing that it tells is what its nats-server says.
    await serve.said();
    expect(await serve.end('SIGTERM')).toBe(0);
  });

  it('says what is wrong with a setting, by its flag and its variable', async () => {
    const wrongs: readonly (readonly [string[], Record<string, string>, RegExp])[] = [
      [
        ['--payment-window', 'soon'],
        {},
        /^INVALID_SETTING: --payment-window \(or ORDO_PAYMENT_WINDOW\): "soon" is no dur/,
      ],
      [['--participant', 'stock=psp', '--participant', 'payment=service:psp'], {}, /"stock=psp" must read/],
      [[], { ORDO_LOG: 'loud' }, /^INVALID_SETTING: --log \(or ORDO_LOG\): "loud" is no level/],
      [['--no-such-flag'], {}, /unknown option '--no-such-flag'/],
    ];
    const started = wrongs.map(([args, env]) => new ServeProcess(['--data', data, ...args], { env }));
    for (const [index, serve] of started.entries()) {
      expect(await serve.ended()).toBeGreaterThan(0);
      expect(serve.errors).toMatch(wrongs[index]?.[2] ?? /./);
      expect(serve.output).toBe('');
    }
  });

  it('says that its port is taken, and what to do', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const { port } = holder.address() as { port: number };
    const serve = new ServeProcess(['--data', data, '--nats-port', String(port)]);
    expect(await serve.ended()).toBeGreaterThan(0);
    expect(serve.errors).toMatch(
      new RegExp(`NATS_PORT_TAKEN: Port ${port} on 127.0.0.1 is taken.*--nats-port.*--nats `),
    );
    holder.close();
  });

  it('says that the NATS server it was told to use is not there', async () => {
    const serve = new ServeProcess(['--data', data], { env: { NATS_URL: 'nats://127.0.0.1:1' } });
    expect(await serve.ended()).toBeGreaterThan(0);
    expect(serve.errors).toMatch(/nats:\/\/127\.0\.0\.1:1 .*NATS_URL/);
    expect(serve.output).toBe('');
  });
});

describe('With a NATS server of its owner', () => {
  let nats: TestNats;
  beforeAll(async () => {
    nats = await startTestNats();
  });
  afterAll(() => nats.stop());

  it('it serves there, and leaves the server alone when it ends', async () => {
    const serve = new ServeProcess(['--data', data], { env: { NATS_URL: nats.url } });
    expect(await serve.ready()).toBe(nats.url);
    await new RawClient(nats.connection).order('place', 'SO-1', placing);
    expect(await serve.end('SIGTERM')).toBe(0);
    await nats.connection.flush();
  });

  it('it goes on when that server is started anew', async () => {
    const server = await startNatsServer({ port: 0, log: () => {} });
    const serve = new ServeProcess(['--data', data, '--nats', server.url]);
    await serve.ready();
    await withClient(server.url, (client) => client.order('place', 'SO-1', placing));
    await server.stop();
    const again = await startNatsServer({ port: server.port, log: () => {} });
    await withClient(again.url, async (client) => {
      // Until it has come back, there is nobody.
      await expect.poll(() => client.order('get', 'SO-1'), { timeout: 10_000 }).toMatchObject({ status: 'pending' });
      expect(await client.order('pay', 'SO-1')).toMatchObject({ status: 'completed' });
    });
    expect(await serve.end('SIGTERM')).toBe(0);
    await again.stop();
  });

  it('it ends well while that server is away, and another can take over its directory', async () => {
    const server = await startNatsServer({ port: 0, log: () => {} });
    const serve = new ServeProcess(['--data', data, '--nats', server.url]);
    await serve.ready();
    await server.stop();
    // Once it has seen that its server is gone.
    await serve.said();
    expect(await serve.end('SIGTERM')).toBe(0);
    const next = new ServeProcess(['--data', data, '--nats', nats.url]);
    await next.ready();
    expect(await next.end('SIGTERM')).toBe(0);
  });

  it('it ends at once when its disk is full, with a word on what to do, and finds all that it answered', async () => {
    const client = new RawClient(nats.connection);
    const full = new ServeProcess(['--data', data, '--nats', nats.url], { fileLimitKb: 400 });
    await full.ready();
    const placed: string[] = [];
    const text = 'x'.repeat(10_000);
    for (let number = 1; full.output !== '' && number < 100; number += 1) {
      const answer = client.connection.request(
        `orders.place.SO-${number}`,
        JSON.stringify({ ...placing, metadata: { text } }),
        { timeout: 2_000 },
      );
      const isPlaced = await answer.then(
        () => true,
        () => false,
      );
      if (!isPlaced) break;
      placed.push(`SO-${number}`);
    }
    expect(await full.ended()).toBe(70);
    expect(placed.length).toBeGreaterThan(3);
    expect(full.log.at(-1)).toMatchObject({
      level: 60,
      msg: 'The service cannot go on and ends at once; start it again to recover',
      err: { code: 'STORE_FAILED', message: expect.stringMatching(/check that the disk has space/) },
    });
    const serve = new ServeProcess(['--data', data, '--nats', nats.url]);
    await serve.ready();
    for (const id of placed) expect(await client.order('get', id)).toMatchObject({ id, status: 'pending' });
    expect(await serve.end('SIGTERM')).toBe(0);
  });

  it('it serves nothing that is damaged: it says what is, and goes on with the rest', async () => {
    const client = new RawClient(nats.connection);
    const first = new ServeProcess(['--data', data, '--nats', nats.url]);
    await first.ready();
    for (const id of ['SO-1', 'SO-2']) await client.order('place', id, placing);
    await first.end('SIGTERM');
    await damage(data, 'SO-1');

    const serve = new ServeProcess(['--data', data, '--nats', nats.url]);
    await serve.ready();
    const { body } = await client.refused('orders.get.SO-1');
    expect(body).toMatchObject({ code: 'INTERNAL', message: expect.stringMatching(/STORE_CORRUPT: .*order.SO-1/) });
    expect((await client.refused('orders.pay.SO-1')).body.code).toBe('INTERNAL');
    expect(await client.order('pay', 'SO-2')).toMatchObject({ status: 'completed' });
    expect(await serve.end('SIGTERM')).toBe(0);
    const damaged = serve.log.filter(({ err }) => (err as { code?: string } | undefined)?.code === 'STORE_CORRUPT');
    // Once when its payment window was taken up again, and for each who asked.
    expect(damaged.length).toBeGreaterThanOrEqual(2);
  });
});

/** Flips a bit in the record of an order, as disks do. */
async function damage(directory: string, id: string): Promise<void> {
  const level = new Level<string, Buffer>(directory, { keyEncoding: 'utf8', valueEncoding: 'buffer' });
  const keys = await level.keys().all();
  const key = keys.find((one) => /actors/.test(one) && one.includes('order') && one.includes(id)) ?? '';
  const value = await level.get(key);
  if (value === undefined) throw new Error(`There is no record of ${id}`);
  const flipped = Buffer.from(value);
  const middle = Math.floor(flipped.length / 2);
  flipped[middle] = (flipped[middle] ?? 0) ^ 1;
  await level.put(key, flipped);
  await level.close();
}
