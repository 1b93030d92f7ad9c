import { request } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeToken, endpointRoutes } from '../../src/contracts/index.ts';
import type { View } from '../service/fixtures/raw-client.ts';
import { TestService } from '../service/fixtures/test-service.ts';
import { anyPort, HttpClient } from './fixtures/http-client.ts';
import { placing, points, type RouteCase, routeCases } from './fixtures/route-cases.ts';

let service: TestService;
let http: HttpClient;

beforeAll(async () => {
  service = await TestService.start({ settings: { http: anyPort } });
  http = new HttpClient(service);
  await http.post('/stock/A/receive', { quantity: 1_000 });
});
afterAll(async () => {
  await service.stopNode({ isWaiting: true });
  await service.startNode();
  await service.stop();
});

/** Takes an order up to a point, over HTTP. */
async function bring(id: string, from: RouteCase['from']): Promise<void> {
  const path = `/orders/${encodeURIComponent(id)}`;
  if (from === 'new') return;
  expect((await http.send('PUT', path, { body: placing })).status).toBe(201);
  for (const step of points[from]) expect((await http.post(`${path}/${step}`)).status).toBe(200);
  // Once it has ended, nothing of a transaction comes about any more.
  if (points[from].length > 0) await http.get(`/transactions/${encodeURIComponent(id)}~1/wait`);
  if (from !== 'locked') return;
  const locking = http.post(`${path}/pay`, { method: { provider: 'sandbox', token: 'silent' } });
  // It is answered when all is over.
  locking.catch(() => {});
  await service.prepared(`${id}~1`, 2);
}

describe('Every route', () => {
  it.each(routeCases)('$method $path answers what its endpoint answers', async ({ method, path, from, exchange }) => {
    const route = endpointRoutes.find((one) => one.method === method && one.path === path);
    if (route === undefined) throw new Error('There is no such route.');
    const id = `ä/${method} ${path}`;
    const segment = encodeURIComponent(id);
    await bring(id, from);
    const { target = path.replace('{id}', segment), body, answer } = exchange(id, segment);
    const { status, headers, body: answered } = await http.send(method, target, body === undefined ? {} : { body });
    expect(answered).toMatchObject(answer);
    expect(status).toBe(route.status);
    expect(headers.get('content-type')).toBe('application/json');
    const { version, id: answeredId } = answered as View;
    expect(headers.get('etag')).toBe(route.responseHeaders.includes('ETag') ? `"${version}"` : null);
    const location = route.responseHeaders.includes('Location') ? `/orders/${encodeURIComponent(answeredId)}` : null;
    expect(headers.get('location')).toBe(location);
    if (location !== null) expect((await http.get(location)).text).toBe(JSON.stringify(answered));
  });

  it('stands in this table', () => {
    const shapes = (routes: readonly { method: string; path: string }[]) =>
      routes.map(({ method, path }) => `${method} ${path}`);
    expect(shapes(routeCases).toSorted()).toEqual(shapes(endpointRoutes).toSorted());
  });

  it('tells no other origin what it answers, and lets nobody guess what it is', async () => {
    const { headers } = await http.get('/counts', { Origin: 'https://evil.example' });
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'private, no-cache',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
    expect([...headers.keys()].filter((name) => /^access-control|^server$|^x-powered-by$/.test(name))).toEqual([]);
  });
});

describe('An id in a path', () => {
  /** Asks for a path as it stands: fetch would take dots out. */
  async function statusOf(path: string): Promise<number | undefined> {
    const { hostname, port } = new URL(http.url);
    return new Promise((resolve, reject) => {
      const asking = request({ hostname, port, path, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      asking.on('error', reject).end();
    });
  }

  it('is any UTF-8 that an order may have, percent-encoded', async () => {
    const id = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((text) => Buffer.byteLength(text) <= 100);
    await fc.assert(
      fc.asyncProperty(id, async (text) => {
        const { body } = await http.get(`/stock/${encodeURIComponent(text)}x`);
        expect(body).toMatchObject({ sku: `${text}x`, onHand: 0 });
      }),
      { numRuns: 200 },
    );
  });

  it.each(['%25', '%252F', '%2F%2F', ':id', '*', '%00', ';a=b', '+', '%3Fx', '%23x', '.', '..'])(
    'may be %s',
    async (segment) => {
      expect(await statusOf(`/orders/${segment}`)).toBe(404);
      await service.client.order('place', encodeToken(decodeURIComponent(segment)), placing);
      expect(await statusOf(`/orders/${segment}`)).toBe(200);
    },
  );
});

describe('HEAD', () => {
  it.each(['/orders', '/counts', '/livez', '/stock/A'])(
    '%s answers what GET answers, without the body',
    async (path) => {
      const got = await http.get(path);
      const { status, headers, text } = await http.send('HEAD', path);
      expect({ status, text, length: headers.get('content-length') }).toEqual({
        status: 200,
        text: '',
        length: String(Buffer.byteLength(got.text)),
      });
    },
  );
});

describe('A wait', () => {
  it('is answered once the order is as wanted', async () => {
    await bring('waited for', 'placed');
    const waiting = http.get('/orders/waited%20for/wait?status=paid');
    await http.post('/orders/waited%20for/pay');
    expect(await waiting).toMatchObject({ status: 200, body: { status: 'paid' } });
  });

  it('takes as long as the client would rather have it', async () => {
    await bring('never paid', 'placed');
    const path = '/orders/never%20paid/wait?status=paid';
    const waiting = http.get(path, { Prefer: 'wait=7' });
    await expect.poll(() => service.clock.planned).toContain(service.clock.now() + 7_000);
    const { status, headers, body } = await service.pass(7_000, waiting);
    expect({ status, applied: headers.get('preference-applied') }).toEqual({ status: 408, applied: 'wait=7' });
    expect(body).toMatchObject({ code: 'WAIT_TIMEOUT', details: { id: 'never paid', status: 'pending' } });
    const both = await service.pass(0, http.get(`${path}&timeoutMs=0`, { Prefer: 'wait=7' }));
    expect(both.headers.has('preference-applied')).toBe(false);
  });

  it('ends when the client goes away', async () => {
    await bring('left', 'placed');
    const leaving = new AbortController();
    const waiting = http.send('GET', '/orders/left/wait?status=paid&timeoutMs=123457', { signal: leaving.signal });
    const gone = expect(waiting).rejects.toThrow(/abort/i);
    const endsAt = service.clock.now() + 123_457;
    await expect.poll(() => service.clock.planned).toContain(endsAt);
    leaving.abort();
    await gone;
    await expect.poll(() => service.clock.planned).not.toContain(endsAt);
  });
});
