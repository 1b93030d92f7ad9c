import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/contracts/index.ts';
import { between, pick, seeded } from '../../src/demo/random.ts';
import { everything } from '../service/fixtures/error-case.ts';
import { TestService } from '../service/fixtures/test-service.ts';
import { anyPort, HttpClient, type HttpRequest, type Problem } from './fixtures/http-client.ts';
import { placing } from './fixtures/route-cases.ts';

let service: TestService;
let http: HttpClient;
let before: unknown;

beforeAll(async () => {
  service = await TestService.start({ settings: { http: anyPort } });
  http = new HttpClient(service);
  await http.post('/stock/A/receive', { quantity: 100 });
  await http.send('PUT', '/orders/SO-1', { body: placing });
  before = await everything(service, ['A']);
});
afterAll(() => service.stop());
/** Whatever came: it goes on, nothing has changed, and nobody has to look into the log. */
afterEach(async () => {
  expect(await everything(service, ['A'])).toEqual(before);
  expect((await http.get('/readyz')).status).toBe(200);
  expect(service.fatal).toEqual([]);
  expect(service.errors).toEqual([]);
});

async function refused(
  method: string,
  path: string,
  request: HttpRequest,
  status: number,
  code: string,
): Promise<Problem> {
  const answer = await http.send<Problem>(method, path, request);
  expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  return answer.body;
}

const note = (request: HttpRequest, status: number, code: string) =>
  refused('POST', '/orders/SO-1/note', request, status, code);

/** What came back on a connection: each answer's status, and the JSON of the last. */
function answersIn(received: string) {
  const statuses = [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
  const [, body = ''] = /\r\n\r\n(.*)$/s.exec(received) ?? [];
  return { statuses, body };
}

describe('A path', () => {
  it.each(['/orders/%FF', '/orders/%C3%28/pay', '/orders/%', '/orders/%E0%A4%A', '/stock/%ED%A0%80'])(
    '%s is no UTF-8',
    async (path) => {
      await refused('GET', path, {}, 400, 'INVALID_ID');
    },
  );

  it.each([
    ['GET', `/orders/${'x'.repeat(101)}`],
    ['GET', `/orders/${'%C3%A4'.repeat(51)}`],
    ['GET', `/stock/${'x'.repeat(129)}`],
    ['GET', '/orders/'],
    ['POST', '/orders//pay'],
  ])('%s %s has no id that can be', async (method, path) => {
    await refused(method, path, {}, 400, 'INVALID_ID');
  });

  it.each(['/', '/Orders', '/orders/a/b/c', '/orders/a/pay/', '//orders', '/order', '/openapi.yaml'])(
    '%s leads nowhere',
    async (path) => {
      const answer = await http.get<Problem>(path);
      expect([404, 405]).toContain(answer.status);
      expect(answer.body.code).toMatch(/^(ROUTE_NOT_FOUND|METHOD_NOT_ALLOWED)$/);
    },
  );

  it('is answered with the methods that it takes', async () => {
    for (const [method, path, allow] of [
      ['DELETE', '/orders/SO-1', 'GET, HEAD, PUT'],
      ['PATCH', '/orders', 'GET, HEAD, POST'],
      ['GET', '/orders/SO-1/pay', 'POST'],
      ['OPTIONS', '/order', 'POST'],
      ['PROPFIND', '/livez', 'GET, HEAD'],
    ] as const) {
      const { status, headers, body } = await http.send<Problem>(method, path);
      expect({ status, allow: headers.get('allow'), code: body.code }).toEqual({
        status: 405,
        allow,
        code: 'METHOD_NOT_ALLOWED',
      });
    }
  });
});

describe('A body', () => {
  it.each([
    ['{"text":', 400],
    ['', 400],
    ['"x"', 400],
    ['[]', 400],
    ['{"text":"x"} {}', 400],
    ['{"text":"x","__proto__":{"by":"evil"}}', 400],
    ['{"text":"x","constructor":{"prototype":{"by":"evil"}}}', 400],
    ['{"text":{"toString":"x"}}', 400],
    [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 400],
    [`{"text":"${'x'.repeat(limits.noteBytes + 1)}"}`, 400],
  ])('%.40s is INVALID_REQUEST, with its fields', async (body, status) => {
    const { details } = await note({ body }, status, 'INVALID_REQUEST');
    expect(details.fields).toEqual(expect.arrayContaining([{ path: expect.any(String), why: expect.any(String) }]));
  });

  it('of another encoding than UTF-8 is refused', () =>
    note({ body: Uint8Array.of(0x7b, 0x22, 0x74, 0xff, 0x7d) }, 400, 'INVALID_REQUEST'));

  it('above the limit is TOO_LARGE, by its header already or once it has come', async () => {
    const body = `{"text":"${'x'.repeat(limits.messageBytes)}"}`;
    const details = { path: '', limit: limits.messageBytes, unit: 'bytes' };
    expect(await note({ body }, 413, 'TOO_LARGE')).toMatchObject({ details: { ...details, actual: body.length } });
    const announced = await http.raw(
      `POST /orders/SO-1/note HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{`,
    );
    expect(answersIn(announced).statuses).toEqual([413]);
    const chunk = 'x'.repeat(100_000);
    const chunked = await http.raw(
      `POST /orders/SO-1/note HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${`186a0\r\n${chunk}\r\n`.repeat(6)}`,
    );
    expect(answersIn(chunked).statuses).toEqual([413]);
    expect(JSON.parse(answersIn(chunked).body)).toMatchObject({ code: 'TOO_LARGE', details });
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=latin1',
    'application/xml',
    'json',
    '',
  ])('of the type "%s" is not taken, not even an empty one', async (type) => {
    await note({ body: '{"text":"x"}', headers: { 'Content-Type': type } }, 415, 'UNSUPPORTED_MEDIA_TYPE');
    const empty = `POST /orders/SO-1/pay HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
    expect(answersIn(await http.raw(empty)).statuses).toEqual([415]);
  });

  it('without a type is not taken', async () => {
    const bare =
      'POST /orders/SO-1/note HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\nConnection: close\r\n\r\n{"text":"x"}';
    expect(answersIn(await http.raw(bare)).statuses).toEqual([415]);
  });

  it('that is packed is not taken', () =>
    note({ body: '{}', headers: { 'Content-Encoding': 'gzip' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'));

  it('of a GET is refused rather than overlooked', async () => {
    const withBody =
      'GET /orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 17\r\nConnection: close\r\n\r\n{"status":"paid"}';
    expect(answersIn(await http.raw(withBody))).toMatchObject({ statuses: [400] });
  });

  it('cut short is not done', async () => {
    const head = 'POST /orders/SO-1/note HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    const received = await http.raw(`${head}Content-Length: 99\r\n\r\n{"text":"x"}`, { last: true });
    expect(answersIn(received).statuses).not.toContain(200);
  });
});

describe('A query', () => {
  it.each([
    '?limit=abc',
    '?limit=1.5',
    '?limit=0',
    '?limit=501',
    '?limit=',
    '?status=lost',
    '?cursor=',
    '?cursor=xyz',
    '?placedFrom=now',
    '?__proto__=x',
    '?a[b]=c',
    '?limit=1&limit=1',
    '?status=%FF',
  ])('%s is INVALID_REQUEST', async (query) => {
    const { details } = await refused('GET', `/orders${query}`, {}, 400, 'INVALID_REQUEST');
    expect(details.fields).toHaveLength(1);
  });

  it('of a command is refused: its fields stand in the body', async () => {
    const { details } = await refused('POST', '/orders/SO-1/pay?expectedVersion=1', {}, 400, 'INVALID_REQUEST');
    expect(details.fields).toEqual([{ path: 'expectedVersion', why: expect.stringContaining('body') }]);
  });
});

describe('A header', () => {
  it('cannot be put into an answer by an id or a key', async () => {
    const id = 'x\r\nSet-Cookie: evil=1';
    const { headers } = await http.send('PUT', `/orders/${encodeURIComponent(id)}`, {
      body: { ...placing, lines: [] },
    });
    expect(headers.has('set-cookie')).toBe(false);
    const { headers: ofMissing, body } = await http.get<Problem>(`/orders/${encodeURIComponent(id)}`);
    expect(ofMissing.has('set-cookie')).toBe(false);
    expect(body.instance).toBe(`/orders/${encodeURIComponent(id)}`);
  });

  it('that excludes JSON is answered before anything is done', () =>
    note({ body: { text: 'x' }, headers: { Accept: 'text/html' } }, 406, 'NOT_ACCEPTABLE'));

  it('that is too long is 431', async () => {
    const { statuses, body } = answersIn(
      await http.raw(`GET /counts HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`),
    );
    expect(statuses).toEqual([431]);
    expect(JSON.parse(body)).toMatchObject({ code: 'HEADERS_TOO_LARGE', status: 431 });
  });
});

describe('What is no request', () => {
  it.each([
    ['NONSENSE\r\n\r\n', [400]],
    ['GET /counts HTTP/1.1\r\nHost: localhost\r\nBad Header: x\r\n\r\n', [400]],
    ['GET /counts HTTP/1.1\r\n\r\n', [400]],
    ['GET /orders/\u00e4 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', [400]],
    // Which of the two lengths holds is what smuggled requests live on.
    [
      'POST /order HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      [400],
    ],
    ['POST /order HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n', [400]],
  ])('%j is answered so', async (bytes, statuses) => {
    expect(answersIn(await http.raw(bytes)).statuses).toEqual(statuses);
  });

  it('may be bytes at random, with a beginning that is one or without', async () => {
    const random = seeded(4711);
    const beginnings = [
      '',
      'GET /orders/',
      'POST /order HTTP/1.1\r\n',
      'PUT /orders/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n',
    ] as const;
    for (let nth = 0; nth < 100; nth += 1) {
      const bytes = Buffer.from(Array.from({ length: between(random, 1, 400) }, () => between(random, 0, 255)));
      const received = await http.raw(Buffer.concat([Buffer.from(pick(random, beginnings)), bytes]), { last: true });
      for (const status of answersIn(received).statuses) expect(String(status)).toMatch(/^4/);
    }
  });

  it('is not answered in the place of what was asked before it on the same connection', async () => {
    const wait = 'GET /orders/SO-1/wait?status=paid HTTP/1.1\r\nHost: localhost\r\n\r\n';
    expect(await http.raw(`${wait}NONSENSE\r\n\r\n`)).toBe('');
  });
});

describe('A page in a browser', () => {
  const page = (headers: Record<string, string>) =>
    http.raw(
      `POST /order HTTP/1.1\r\n${Object.entries({ Host: new URL(http.url).host, ...headers })
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('')}Content-Type: text/plain\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );

  it.each([
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { Origin: 'http://localhost:1' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
  ])('of another origin changes nothing: %o', async (headers) => {
    const { statuses, body } = answersIn(await page(headers));
    expect(statuses).toEqual([403]);
    expect(JSON.parse(body)).toMatchObject({ code: 'FOREIGN_ORIGIN' });
  });

  it.each(['evil.example', 'evil.example:8080', '127.0.0.1.evil.example', '10.0.0.5', 'localhost.evil.example:80'])(
    'whose own name %s points here gets nothing',
    async (host) => {
      const asked = `GET /orders HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      const { statuses, body } = answersIn(await http.raw(asked));
      expect(statuses).toEqual([421]);
      expect(JSON.parse(body)).toMatchObject({ code: 'MISDIRECTED' });
    },
  );

  it.each(['localhost:8080', 'LOCALHOST', '127.0.0.1', '[::1]:8080', 'ordo.localhost', 'localhost.'])(
    'may call this machine %s',
    async (host) => {
      const asked = `GET /counts HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      expect(answersIn(await http.raw(asked)).statuses).toEqual([200]);
    },
  );

  it('of this server, and one that the user asks for, may do what others may', async () => {
    for (const headers of [
      { Origin: http.url },
      { 'Sec-Fetch-Site': 'same-origin', Origin: 'https://shop.example' },
      { 'Sec-Fetch-Site': 'none' },
    ]) {
      // It gets as far as the type of its body.
      expect(answersIn(await page(headers)).statuses).toEqual([415]);
    }
  });

  it('is not let in by what it asks for beforehand', async () => {
    const preflight = await http.send('OPTIONS', '/orders/SO-1/pay', {
      headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' },
    });
    expect(preflight.status).toBe(405);
    expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});
