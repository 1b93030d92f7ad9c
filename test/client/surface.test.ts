import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { type Calls, type Client, connectClient } from '../../src/client/index.ts';
import { endpointNames, type OrderView, type StockView } from '../../src/contracts/index.ts';
import { placeInput } from '../fixtures/bodies.ts';
import { FakeService } from '../fixtures/fake-service.ts';
import { startTestNats, type TestNats } from '../fixtures/nats.ts';

let nats: TestNats;
let client: Client;
let service: FakeService;

beforeAll(async () => {
  nats = await startTestNats();
  client = await connectClient({ url: nats.url });
  const subjects = ['orders.>', 'stock.>', 'payments.>', 'transactions.>'];
  service = new FakeService(nats.connection, subjects, () => ({}));
  await nats.connection.flush();
});
afterEach(() => void service.received.splice(0));
afterAll(async () => {
  await client.close();
  await nats.stop();
});

/** What reached the service of one call. */
async function sentBy(call: Promise<unknown>): Promise<{ subject: string; body: unknown }> {
  await call;
  const { subject = '', body } = service.received.at(-1) ?? {};
  return { subject, body };
}

describe('The methods of a client', () => {
  it('are the table of endpoints, with nothing left out', () => {
    for (const name of endpointNames) {
      const [group, action] = name.split('.') as [keyof Calls, string];
      expect(client[group], name).toHaveProperty(action, expect.any(Function));
    }
  });

  it('take the key, the body and the options', async () => {
    const options = { requestId: 'r-1' };
    expect(await sentBy(client.orders.pay('SO 1', { amount: 3330 }, options))).toEqual({
      subject: 'orders.pay.SO=201',
      body: { amount: 3330 },
    });
    expect(service.received.at(-1)?.requestId).toBe('r-1');
  });

  it('do without a body that may be empty', async () => {
    expect(await sentBy(client.stock.get('85123A'))).toEqual({ subject: 'stock.get.85123A', body: {} });
    expect(await sentBy(client.orders.list())).toEqual({ subject: 'orders.list', body: {} });
    expect(await sentBy(client.orders.confirmReceipt('SO-1'))).toEqual({
      subject: 'orders.confirmReceipt.SO-1',
      body: {},
    });
  });

  it('start with the body where there is no key', async () => {
    const body = { state: 'inDoubt', olderThanMs: 60_000 } as const;
    expect(await sentBy(client.transactions.list(body))).toEqual({ subject: 'transactions.list', body });
  });

  it('place an order with an id of the caller or without one', async () => {
    const body = placeInput();
    expect(await sentBy(client.orders.place('SO-1', body))).toEqual({ subject: 'orders.place.SO-1', body });
    expect(await sentBy(client.orders.place(body))).toEqual({ subject: 'orders.place', body });
    expect(await sentBy(client.orders.place(null, body))).toEqual({ subject: 'orders.place', body });
    await client.orders.place(body, { requestId: 'r-2' });
    expect(service.received.at(-1)?.requestId).toBe('r-2');
  });

  it('reject a key that is missing or empty, and send nothing', async () => {
    // @ts-expect-error the key is not optional
    await expect(client.orders.get()).rejects.toThrow('orders.get needs the order it is about');
    await expect(client.stock.get('')).rejects.toThrow('stock.get needs a sku that is not empty');
    expect(service.received).toEqual([]);
  });

  it('are typed by their endpoints', () => {
    expectTypeOf(client.orders.pay).parameter(0).toEqualTypeOf<string>();
    expectTypeOf(client.orders.pay).returns.resolves.toEqualTypeOf<OrderView>();
    expectTypeOf(client.stock.get).returns.resolves.toEqualTypeOf<StockView>();
    expectTypeOf(client.orders.list).returns.resolves.toHaveProperty('cursor').toEqualTypeOf<string | null>();
    // @ts-expect-error a refund needs its amount
    const noAmount = () => client.orders.refund('SO-1');
    // @ts-expect-error and nothing that is misspelled
    const misspelled = () => client.orders.pay('SO-1', { ammount: 1 });
    expect([noAmount, misspelled]).toHaveLength(2);
  });
});
