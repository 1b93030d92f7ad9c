import { createConnection, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Settings } from '../../src/settings.ts';
import type { View } from '../service/fixtures/raw-client.ts';
import { TestService } from '../service/fixtures/test-service.ts';
import { anyPort, HttpClient, type Problem } from './fixtures/http-client.ts';

const placing = { customer: 'C-17', currency: 'GBP', fees: [{ code: 'POST', amount: 500 }] };
const silent = { method: { provider: 'sandbox', token: 'silent' } };

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(
  settings: Partial<Settings> = { http: anyPort },
): Promise<{ service: TestService; http: HttpClient }> {
  const service = await TestService.start({ settings });
  ends.push(() => service.stop());
  const http = new HttpClient(service);
  expect((await http.send('PUT', '/orders/SO-1', { body: placing })).status).toBe(201);
  return { service, http };
}

/** A connection of its own, byte by byte. */
async function connectTo({
  url,
}: HttpClient): Promise<{ socket: Socket; received: () => string; closed: Promise<unknown> }> {
  const { hostname, port } = new URL(url);
  let received = '';
  const socket = createConnection({ host: hostname, port: Number(port) });
  socket.on('data', (data: Buffer) => {
    received += data.toString('latin1');
  });
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, received: () => received, closed };
}

describe('A service that stops', () => {
  it('answers what is under way, ends who waits for what may come, and takes nothing new', async () => {
    const { service, http } = await start();
    const paying = http.post<Problem>('/orders/SO-1/pay', silent);
    await service.prepared('SO-1~1', 1);
    const waiting = http.get<Problem>('/orders/SO-1/wait?status=paid');
    await expect.poll(() => service.clock.planned).toContain(service.clock.now() + 5_000);
    // Idle connections are no reason to stay.
    const idle = await connectTo(http);
    const kept = await connectTo(http);
    kept.socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await expect.poll(kept.received).toContain('{"status":"live"}');

    // Time enough for the transaction to end, not for the service to lose its patience.
    await service.pass(3_000, service.stopNode());
    expect(await waiting).toMatchObject({ status: 503, body: { code: 'SHUTTING_DOWN' } });
    const paid = await paying;
    expect(paid).toMatchObject({ status: 409, body: { code: 'TRANSACTION_ABORTED' } });
    for (const answer of [await waiting, paid]) expect(answer.headers.get('connection')).toBe('close');
    await Promise.all([idle.closed, kept.closed]);
    await expect(http.get('/livez')).rejects.toThrow('fetch failed');

    await service.startNode();
    expect((await new HttpClient(service).get<View>('/orders/SO-1')).body.lastTransaction).toMatchObject({
      outcome: 'aborted',
    });
  });

  it('does not start what comes on a connection that it still answers on', async () => {
    const { service, http } = await start();
    const { socket, received, closed } = await connectTo(http);
    const note = (text: string) => {
      const body = JSON.stringify({ text });
      return `POST /orders/SO-1/note HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    };
    // A note that has come but for its last byte when the service stops.
    socket.write(note('late').slice(0, -1));
    await http.get('/counts');
    const waiting = http.get('/orders/SO-1/wait?status=paid');
    await expect.poll(() => service.clock.planned).toContain(service.clock.now() + 5_000);
    const stopping = service.stopNode();
    socket.write(note('late').slice(-1));
    await stopping;
    expect((await waiting).status).toBe(503);
    await closed;
    expect(received()).toMatch(/^$|^HTTP\/1\.1 503 .*SHUTTING_DOWN/s);
    await service.startNode();
    expect((await new HttpClient(service).get<View>('/orders/SO-1')).body.version).toBe(1);
  });

  it('has done every command that it has answered, and none that it has refused', async () => {
    const { service, http } = await start();
    const flood = Array.from({ length: 300 }, (_, nth) =>
      http.post<View>('/orders/SO-1/note', { text: `${nth}` }).then(
        ({ status }) => status,
        () => 0,
      ),
    );
    await Promise.race(flood);
    await service.stopNode();
    const statuses = await Promise.all(flood);
    expect(new Set(statuses)).toContain(200);
    for (const status of statuses) expect([200, 503, 0]).toContain(status);
    await service.startNode();
    const { notes } = (await new HttpClient(service).get<{ notes: { text: string }[] }>('/orders/SO-1')).body;
    const answered = statuses.flatMap((status, nth) => (status === 200 ? [`${nth}`] : []));
    expect(notes.map(({ text }) => text).toSorted()).toEqual(answered.toSorted());
  });

  it('does not wait for a client that does not go on', async () => {
    const { service, http } = await start();
    const { socket, closed } = await connectTo(http);
    socket.write(
      'POST /orders/SO-1/note HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"te',
    );
    await http.get('/counts');
    await service.stopNode();
    await closed;
    await service.startNode();
  });

  it('leaves a transaction that nobody ends for the next start, and who waits for it without an answer', async () => {
    // Nobody is there to vote.
    const settings = { http: anyPort, prepareTimeoutMs: 60_000, participants: { payment: 'service:psp' } };
    const { service, http } = await start(settings);
    const paying = http.post('/orders/SO-1/pay', silent, { 'Idempotency-Key': 'k' });
    const lost = expect(paying).rejects.toThrow('fetch failed');
    await service.prepared('SO-1~1', 1);
    await service.stopNode({ isWaiting: true });
    await lost;
    await service.startNode();
    // Asked again with the same key, it waits with the first.
    const again = new HttpClient(service).post<Problem>('/orders/SO-1/pay', silent, { 'Idempotency-Key': 'k' });
    expect(await service.pass(60_000, again)).toMatchObject({ status: 409, body: { code: 'TRANSACTION_ABORTED' } });
  });
});
