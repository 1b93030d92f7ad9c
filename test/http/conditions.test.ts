import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { View } from '../service/fixtures/raw-client.ts';
import { TestService } from '../service/fixtures/test-service.ts';
import { anyPort, HttpClient, type Problem } from './fixtures/http-client.ts';
import { placing } from './fixtures/route-cases.ts';

let service: TestService;
let http: HttpClient;
let path: string;
let nth = 0;

beforeAll(async () => {
  service = await TestService.start({ settings: { http: anyPort } });
  http = new HttpClient(service);
  await http.post('/stock/A/receive', { quantity: 1_000 });
});
afterAll(() => service.stop());
beforeEach(async () => {
  nth += 1;
  path = `/orders/SO-${nth}`;
  await http.send('PUT', path, { body: placing });
});

const note = (headers: Record<string, string>, text = 'x') =>
  http.post<View & Problem>(`${path}/note`, { text }, headers);
const versionNow = async () => (await http.get<View>(path)).body.version;

describe('If-Match', () => {
  it.each(['"1"', '*', '"7", "1"', '"1", W/"7"', ' , "1"'])('%s lets a command through at version 1', async (tags) => {
    const { status, headers, body } = await note({ 'If-Match': tags });
    expect({ status, version: body.version, etag: headers.get('etag') }).toEqual({
      status: 200,
      version: 2,
      etag: '"2"',
    });
  });

  it.each(['"2"', '"7", "8"', 'W/"1"', '"01"', '"x"', '""'])(
    '%s fails at version 1 with 412, and nothing has changed',
    async (tags) => {
      const { status, body } = await note({ 'If-Match': tags });
      expect({ status, body }).toMatchObject({
        status: 412,
        body: { status: 412, code: 'VERSION_CONFLICT', details: { version: 1 }, instance: `${path}/note` },
      });
      expect(await versionNow()).toBe(1);
    },
  );

  it('does not make a missing order a failed condition', async () => {
    for (const tags of ['*', '"1"', 'W/"1"']) {
      expect(await http.post('/orders/nobody/pay', {}, { 'If-Match': tags })).toMatchObject({
        status: 404,
        body: { code: 'ORDER_NOT_FOUND' },
      });
    }
  });

  it('takes any number of clients that read the same version, and lets one of them win', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => note({ 'If-Match': '"1"' })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array(9).fill(412)]);
    expect(await versionNow()).toBe(2);
  });

  it.each([
    ['1', 'must be \\* or a version in double quotes'],
    ['"1" "2"', 'must be \\*'],
    [Array.from({ length: 17 }, (_, version) => `"${version + 10}"`).join(), 'must name at most 16 versions'],
  ])('%s is refused', async (tags, why) => {
    const { status, body } = await note({ 'If-Match': tags });
    expect({ status, detail: body.detail }).toEqual({ status: 400, detail: expect.stringMatching(`If-Match ${why}`) });
  });

  it('is said once: not in the body too', async () => {
    const { status, body } = await http.post(`${path}/pay`, { expectedVersion: 1 }, { 'If-Match': '"1"' });
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { details: { fields: [{ path: 'expectedVersion' }] } },
    });
  });

  it('is refused where it would be overlooked', async () => {
    for (const [method, target, body] of [
      ['POST', '/stock/A/receive', { quantity: 1 }],
      ['PUT', path, placing],
      ['POST', '/orders', placing],
      ['POST', '/order', {}],
      ['PUT', '/order/SO-1', { status: 'paid' }],
    ] as const) {
      const { status, text } = await http.send(method, target, { body, headers: { 'If-Match': '"1"' } });
      expect({ status, text }).toMatchObject({
        status: 400,
        text: expect.stringContaining('If-Match is not taken here'),
      });
    }
    expect(await versionNow()).toBe(1);
  });
});

describe('A version in the body', () => {
  it('that is not met is a conflict, as over NATS', async () => {
    const { status, body } = await http.post(`${path}/pay`, { expectedVersion: 9 });
    expect({ status, body }).toMatchObject({
      status: 409,
      body: { code: 'VERSION_CONFLICT', details: { version: 1 } },
    });
  });
});

describe('If-None-Match', () => {
  it.each(['"1"', 'W/"1"', '"7", "1"', '*'])('%s spares the body of an order at version 1', async (tags) => {
    const { status, headers, text } = await http.get(path, { 'If-None-Match': tags });
    expect({ status, etag: headers.get('etag'), text }).toEqual({ status: 304, etag: '"1"', text: '' });
  });

  it.each(['"2"', '"01"', '"1", "2"'])('%s answers with the body once it is at version 3', async (tags) => {
    for (const text of ['a', 'b']) await note({}, text);
    const { status, body } = await http.get<View>(path, { 'If-None-Match': tags });
    expect({ status, version: body.version }).toEqual({ status: 200, version: 3 });
  });

  it('* makes placing an order that exists a failed condition', async () => {
    const onlyNew = { 'If-None-Match': '*' };
    expect(await http.send('PUT', path, { body: placing, headers: onlyNew })).toMatchObject({
      status: 412,
      body: { code: 'ORDER_EXISTS', details: { version: 1 } },
    });
    expect((await http.send('PUT', `${path}-new`, { body: placing, headers: onlyNew })).status).toBe(201);
    expect((await http.send('PUT', path, { body: placing })).status).toBe(409);
    expect((await http.send('PUT', path, { body: placing, headers: { 'If-None-Match': '"1"' } })).status).toBe(400);
  });
});

describe('Idempotency-Key', () => {
  it('has a command done once, and answered the same again, quoted or bare', async () => {
    const first = await note({ 'Idempotency-Key': '"key 1"' });
    const bare = await note({ 'Idempotency-Key': 'k-2' });
    expect(bare.body.version).toBe(3);
    for (const [key, answer] of [
      ['"key 1"', first],
      ['"k-2"', bare],
    ] as const) {
      const again = await note({ 'Idempotency-Key': key });
      expect({ status: again.status, text: again.text, etag: again.headers.get('etag') }).toEqual({
        status: 200,
        text: answer.text,
        etag: answer.headers.get('etag'),
      });
    }
    expect(await versionNow()).toBe(3);
  });

  it('is the request id of NATS, whichever way it comes first', async () => {
    const { text } = await note({ 'Idempotency-Key': '"both"' });
    const overNats = await service.client.order('note', `SO-${nth}`, { text: 'x' }, { 'Ordo-Request-Id': 'both' });
    expect(overNats).toEqual(JSON.parse(text));
    expect((await note({ 'Ordo-Request-Id': 'both' })).text).toBe(text);
    expect((await note({ 'Idempotency-Key': 'both' }, 'another')).status).toBe(422);
  });

  it('finds the answer under If-Match too, whichever of its versions it was done at', async () => {
    const headers = { 'Idempotency-Key': 'k', 'If-Match': '"9", "1", "2"' };
    const { text } = await note(headers);
    expect(await note(headers)).toMatchObject({ status: 200, text });
    expect((await note({ ...headers, 'If-Match': '"1"' })).text).toBe(text);
    expect((await note({ ...headers, 'If-Match': '"9"' })).status).toBe(422);
    expect(await versionNow()).toBe(2);
  });

  it('derives the id of an order that is placed without one, so that a retry finds it', async () => {
    const first = await http.post<View>('/orders', placing, { 'Idempotency-Key': '"cart-17"' });
    const again = await http.post<View>('/orders', placing, { 'Idempotency-Key': 'cart-17' });
    expect(again).toMatchObject({ status: 201, text: first.text });
    expect(again.headers.get('location')).toBe(`/orders/${first.body.id}`);
    const another = await http.post<View>('/orders', placing);
    expect(another.body.id).not.toBe(first.body.id);
  });

  it('finds a declined payment declined; another key tries anew', async () => {
    const pay = (key: string, token: string) =>
      http.post(`${path}/pay`, { method: { provider: 'sandbox', token } }, { 'Idempotency-Key': key });
    const declined = await pay('p1', 'declined');
    expect(declined).toMatchObject({ status: 409, body: { code: 'TRANSACTION_ABORTED' } });
    expect((await pay('p1', 'declined')).text).toBe(declined.text);
    expect((await pay('p2', 'ok')).status).toBe(200);
  });

  it.each(['"a', 'a, b', '""', 'x'.repeat(129)])('%s is refused', async (key) => {
    const { status, body } = await note({ 'Idempotency-Key': key });
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { details: { fields: [{ path: 'Idempotency-Key' }] } },
    });
  });
});

describe('Ordo-Deadline', () => {
  it('keeps a command from being started too late', async () => {
    const { status, body } = await note({ 'Ordo-Deadline': '2010-12-01T08:25:59.999Z' });
    expect({ status, code: body.code }).toEqual({ status: 408, code: 'DEADLINE_EXCEEDED' });
    expect((await note({ 'Ordo-Deadline': '2010-12-01T08:26:00.000Z' })).status).toBe(200);
  });
});

describe('traceparent', () => {
  it('goes with every message that the command causes', async () => {
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const events = service.client.connection.subscribe(`events.order.SO-${nth}.paid`, { max: 1 });
    await service.client.connection.flush();
    await http.post(`${path}/pay`, undefined, { traceparent: trace });
    for await (const { headers } of events) expect(headers?.get('traceparent')).toBe(trace);
  });
});
