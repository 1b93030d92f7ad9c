import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestService } from '../service/fixtures/test-service.ts';
import { anyPort, HttpClient, type Problem } from './fixtures/http-client.ts';

interface Answer extends Problem {
  readonly id: string;
}

let service: TestService;
let http: HttpClient;

beforeAll(async () => {
  service = await TestService.start({ settings: { http: anyPort } });
  http = new HttpClient(service);
});
afterAll(() => service.stop());

const create = (body?: object, headers = {}) => http.post<Answer>('/order', body, headers);
const put = (id: string, status: string, headers = {}) =>
  http.send<Answer>('PUT', `/order/${id}`, { body: { status }, headers });

describe('POST /order', () => {
  it('creates an order without being told anything, and says where it is', async () => {
    const { status, headers, body } = await create();
    expect({ status, body }).toEqual({
      status: 201,
      body: { id: expect.stringMatching(/^[A-Z2-7]{26}$/), status: 'pending' },
    });
    expect(headers.get('location')).toBe(`/orders/${body.id}`);
    expect((await http.get(`/orders/${body.id}`)).body).toMatchObject({
      customer: 'tutorial',
      lines: [{ sku: 'tutorial' }],
    });
  });

  it('takes what an order may have, and nothing else', async () => {
    const { body } = await create({ customer: 'C-17', currency: 'JPY', fees: [{ code: 'F', amount: 5 }] });
    expect((await http.get(`/orders/${body.id}`)).body).toMatchObject({
      customer: 'C-17',
      digits: 0,
      total: 5,
      lines: [],
    });
    expect((await create({ status: 'paid' })).body.details).toMatchObject({ fields: [{ path: 'status' }] });
    expect((await create({ lines: [] })).status).toBe(400);
    expect((await create([])).status).toBe(400);
  });

  it('creates one order for one key, with one piece on the shelf', async () => {
    const onHand = async () => (await http.get<{ onHand: number }>('/stock/tutorial')).body.onHand;
    const before = await onHand();
    const first = await create(undefined, { 'Idempotency-Key': 'k' });
    const again = await create(undefined, { 'Idempotency-Key': 'k' });
    expect(again.text).toBe(first.text);
    expect(await onHand()).toBe(before + 1);
  });
});

describe('PUT /order/{id}', () => {
  it('leads an order from pending to completed, and leaves one alone that is there already', async () => {
    const { id } = (await create()).body;
    for (const status of ['pending', 'paid', 'paid', 'shipped', 'shipped', 'completed', 'completed']) {
      expect(await put(id, status)).toMatchObject({ status: 200, body: { id, status } });
    }
    const { entries } = (await http.get<{ entries: { event: { type: string } }[] }>(`/orders/${id}/history`)).body;
    const commands = ['place', 'pay', 'ship', 'deliver', 'confirmReceipt'];
    expect(entries.map(({ event }) => event.type).filter((type) => commands.includes(type))).toEqual(commands);
  });

  it.each([
    ['pending', 'shipped'],
    ['pending', 'completed'],
    ['pending', 'canceled'],
    ['paid', 'pending'],
    ['paid', 'completed'],
    ['shipped', 'pending'],
    ['shipped', 'paid'],
    ['completed', 'pending'],
    ['completed', 'paid'],
    ['completed', 'shipped'],
  ])('answers 409 to an order that is %s and is to be %s, and nothing has changed', async (now, wanted) => {
    const { id } = (await create()).body;
    const way = ['pending', 'paid', 'shipped', 'completed'];
    for (const status of way.slice(1, way.indexOf(now) + 1)) await put(id, status);
    await http.get(`/transactions/${id}~1/wait?timeoutMs=0`);
    const before = (await http.get(`/orders/${id}`)).text;
    const { status, body } = await put(id, wanted);
    expect({ status, body }).toMatchObject({
      status: 409,
      body: { code: 'NOT_ACCEPTED', detail: expect.stringContaining(id), details: { accepts: expect.any(Array) } },
    });
    expect((await http.get(`/orders/${id}`)).text).toBe(before);
  });

  it('does not deliver what could not be confirmed: not all of it has shipped', async () => {
    const { id } = (await create({ lines: [{ sku: 'tutorial', quantity: 2, unitPrice: 1 }] })).body;
    await http.post('/stock/tutorial/receive', { quantity: 2 });
    await put(id, 'paid');
    await http.post(`/orders/${id}/ship`, { lines: [{ line: 1, quantity: 1 }] });
    const { status, body } = await put(id, 'completed');
    expect({ status, body }).toMatchObject({
      status: 409,
      body: { details: { failed: [{ guard: expect.any(String) }] } },
    });
    expect((await http.get(`/orders/${id}`)).body).toMatchObject({ fulfillment: { status: 'partiallyShipped' } });
  });

  it('goes on where it was left between the two commands that complete an order', async () => {
    const { id } = (await create()).body;
    for (const status of ['paid', 'shipped']) await put(id, status);
    await http.post(`/orders/${id}/deliver`);
    expect(await put(id, 'completed')).toMatchObject({ status: 200, body: { status: 'completed' } });
  });

  it('answers again under the same key what it has answered', async () => {
    const { id } = (await create()).body;
    const paid = await put(id, 'paid', { 'Idempotency-Key': 'p' });
    await put(id, 'shipped');
    expect((await put(id, 'paid', { 'Idempotency-Key': 'p' })).text).toBe(paid.text);
  });

  it('answers 409 to a payment that nothing is on the shelf for', async () => {
    const { id } = (await create({ lines: [{ sku: 'none', quantity: 1, unitPrice: 1 }] })).body;
    expect(await put(id, 'paid')).toMatchObject({ status: 409, body: { code: 'TRANSACTION_ABORTED' } });
  });

  it('answers 404 to an order that nobody knows', async () => {
    for (const status of ['paid', 'shipped', 'completed', 'pending']) {
      expect(await put('nobody', status)).toMatchObject({ status: 404, body: { code: 'ORDER_NOT_FOUND' } });
    }
  });

  it('answers 400 to a status that nobody knows', async () => {
    const { id } = (await create()).body;
    for (const body of [{ status: 'lost' }, { status: '' }, {}, { status: 7 }, { status: 'paid', x: 1 }, []]) {
      expect(await http.send('PUT', `/order/${id}`, { body })).toMatchObject({
        status: 400,
        body: { code: 'INVALID_REQUEST' },
      });
    }
    expect(await put('x'.repeat(101), 'paid')).toMatchObject({ status: 400, body: { code: 'INVALID_ID' } });
  });
});
