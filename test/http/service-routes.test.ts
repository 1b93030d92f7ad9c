import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { HttpServer, type HttpServerOptions } from '../../src/http/server.ts';
import { startNatsServer } from '../../src/nats-server.ts';
import { failingStores } from '../service/fixtures/failing-store.ts';
import { TestService } from '../service/fixtures/test-service.ts';
import { anyPort, HttpClient, type Problem } from './fixtures/http-client.ts';
import { placing } from './fixtures/route-cases.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function serve(parts: Partial<HttpServerOptions>): Promise<HttpClient> {
  const server = await HttpServer.start({
    address: anyPort,
    endpoints: { answer: async () => new Uint8Array(), unreadable: () => {} },
    clock: systemClock,
    log: { debug: () => {}, warn: () => {}, error: () => {} },
    missing: () => [],
    ...parts,
  });
  ends.push(() => server.close(0));
  return new HttpClient({ node: { httpUrl: server.url } });
}

describe('Health', () => {
  it('is live and ready, and says what is missing when it is not', async () => {
    const missing: string[] = [];
    const http = await serve({ missing: () => missing });
    expect(await http.get('/livez')).toMatchObject({ status: 200, body: { status: 'live' } });
    expect(await http.get('/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } });
    missing.push('store', 'NATS');
    const { status, headers, body } = await http.get<Problem>('/readyz');
    expect({ status, retryAfter: headers.get('retry-after'), body }).toMatchObject({
      status: 503,
      retryAfter: '1',
      body: { code: 'NOT_READY', detail: 'Missing now: store, NATS.', details: { missing: ['store', 'NATS'] } },
    });
    expect((await http.get('/livez')).status).toBe(200);
  });

  it('of a real service misses its NATS server as long as that is gone', async () => {
    const first = await startNatsServer({ port: 0, log: () => {} });
    let server = first;
    const service = await TestService.start({ settings: { http: anyPort }, startServer: async () => first });
    ends.push(async () => {
      await service.stop();
      await server.stop();
    });
    const http = new HttpClient(service);
    expect((await http.get('/readyz')).status).toBe(200);
    await first.stop();
    await expect.poll(async () => (await http.get<Problem>('/readyz')).body.details).toEqual({ missing: ['NATS'] });
    expect((await http.get('/livez')).status).toBe(200);
    server = await startNatsServer({ port: first.port, log: () => {} });
    await expect.poll(async () => (await http.get('/readyz')).status, { timeout: 10_000 }).toBe(200);
  });
});

describe('A service whose store has failed', () => {
  it('is not ready, and starts nothing any more', async () => {
    const { openStore, newest } = failingStores();
    const service = await TestService.start({ openStore, settings: { http: anyPort } });
    ends.push(() => service.stop());
    const http = new HttpClient(service);
    newest().isFull = true;
    const lost = expect(http.post('/orders', placing)).rejects.toThrow('fetch failed');
    await expect.poll(() => service.fatal).toHaveLength(1);
    expect((await http.get<Problem>('/readyz')).body.details).toEqual({ missing: ['store'] });
    expect(await http.post('/orders', placing)).toMatchObject({ status: 503, body: { code: 'STORE_UNAVAILABLE' } });
    newest().isFull = false;
    await service.stopNode();
    // What was under way is not answered at all: nobody can know whether it is on disk.
    await lost;
    await service.startNode();
  });
});

describe('Metrics and documents', () => {
  const documents = {
    openapi: { openapi: '3.1.1' },
    asyncapi: { asyncapi: '3.0.0' },
    schemas: { 'order-view': { type: 'object' } },
  };

  it('are served where they are provided', async () => {
    const metrics = { contentType: 'text/plain; version=0.0.4; charset=utf-8', text: async () => 'ordo_up 1\n' };
    const http = await serve({ metrics, documents: async () => documents });
    const scraped = await http.get('/metrics', {
      Accept: 'application/openmetrics-text, text/plain;version=0.0.4;q=0.5',
    });
    expect(scraped).toMatchObject({ status: 200, text: 'ordo_up 1\n' });
    expect(scraped.headers.get('content-type')).toBe(metrics.contentType);
    expect((await http.get('/openapi.json')).body).toEqual(documents.openapi);
    expect((await http.get('/asyncapi.json')).body).toEqual(documents.asyncapi);
    const schema = await http.get('/schemas/order-view');
    expect(schema.headers.get('content-type')).toBe('application/schema+json');
    expect(schema.body).toEqual({ type: 'object' });
    for (const name of ['none', 'toString', '__proto__']) expect((await http.get(`/schemas/${name}`)).status).toBe(404);
  });

  it('are those of the service itself, which count what comes over HTTP', async () => {
    const service = await TestService.start({ settings: { http: anyPort } });
    ends.push(() => service.stop());
    const http = new HttpClient(service);
    await http.post('/orders', placing);
    await http.post('/orders', { lines: [] });
    const { status, text } = await http.get('/metrics');
    expect(status).toBe(200);
    expect(text).toContain('ordo_command_duration_seconds_count{command="orders.place",outcome="OK"} 1\n');
    expect(text).toContain('ordo_requests_unreadable_total{code="INVALID_REQUEST"} 1\n');
  });

  it('are not found where they are not', async () => {
    const http = await serve({});
    for (const path of ['/metrics', '/openapi.json', '/asyncapi.json', '/schemas/x']) {
      expect(await http.get(path)).toMatchObject({ status: 404, body: { code: 'ROUTE_NOT_FOUND' } });
    }
  });
});

describe('An address', () => {
  const start = (host: string, port = 0) => serve({ address: { host, port } });

  it.each([
    ['localhost', /^http:\/\/localhost:\d+$/],
    ['0.0.0.0', /^http:\/\/0\.0\.0\.0:\d+$/],
  ])('%s is served', async (host, url) => {
    const http = await start(host);
    expect(http.url).toMatch(url);
    expect((await http.get('/livez')).status).toBe(200);
  });

  it('that is not only this machine takes any name: those are for proxies to keep', async () => {
    const http = await start('0.0.0.0');
    expect(await http.raw('GET /livez HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 200 /,
    );
  });

  it('that is taken is told, with what to do', async () => {
    const { port } = new URL((await start('127.0.0.1')).url);
    await expect(start('127.0.0.1', Number(port))).rejects.toMatchObject({
      code: 'HTTP_PORT_TAKEN',
      message: expect.stringMatching(`^Port ${port} on 127.0.0.1 is taken.*--http or ORDO_HTTP.*--http off`),
    });
  });

  it('that is none of this machine is told too', async () => {
    await expect(start('192.0.2.1')).rejects.toMatchObject({
      code: 'HTTP_ADDRESS_UNUSABLE',
      message: expect.stringMatching(/^HTTP cannot be served on 192\.0\.2\.1, port 0: .*--http/),
    });
    await expect(start('nowhere.invalid')).rejects.toMatchObject({ code: 'HTTP_ADDRESS_UNUSABLE' });
  });
});
