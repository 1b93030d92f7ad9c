import { connect } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpointNames } from '../../src/contracts/index.ts';
import { startConfiguredNats } from './fixtures/configured-nats.ts';
import type { Json } from './fixtures/raw-client.ts';
import { TestService } from './fixtures/test-service.ts';

interface Endpoint {
  readonly name: string;
  readonly subject: string;
  readonly queue_group: string;
  readonly metadata?: { readonly summary: string };
}
type Service = Json & { readonly endpoints: readonly (Endpoint & Json)[] };

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.stop());

const identity = { name: 'orders', id: expect.any(String), version: expect.stringMatching(/^\d+\.\d+\.\d+/) };

describe('As a NATS micro service (ADR-32) it', () => {
  it('answers pings, of all services and by its name', async () => {
    const type = 'io.nats.micro.v1.ping_response';
    expect(await service.client.ask('$SRV.PING')).toMatchObject({
      name: expect.stringMatching(/^(orders|admin)$/),
      type,
    });
    expect(await service.client.ask('$SRV.PING.orders')).toMatchObject({ ...identity, type });
    const { id } = await service.client.ask('$SRV.PING.orders');
    expect(await service.client.ask(`$SRV.PING.orders.${id}`)).toMatchObject({ id });
  });

  it.each(['orders', 'admin'])(
    'tells the endpoints of %s: every command and question, with what it is for',
    async (of) => {
      const info = await service.client.ask<Service>(`$SRV.INFO.${of}`);
      expect(info).toMatchObject({ ...identity, name: of, type: 'io.nats.micro.v1.info_response' });
      const told = new Set(info.endpoints.map(({ subject }) => subject.replace(/\.>$/, '')));
      const mine = endpointNames.filter((name) => (name.startsWith('admin.') ? 'admin' : 'orders') === of);
      expect([...told].sort()).toEqual(mine.sort());
      const schema = expect.stringMatching(/^urn:ordo:schema:[A-Z]\w+$/);
      for (const { queue_group: queue, metadata } of info.endpoints) {
        expect({ queue, metadata }).toEqual({
          queue: of,
          metadata: { summary: expect.stringMatching(/\.$/), request: schema, answer: schema },
        });
      }
    },
  );

  it('takes an order without an id, and with one', async () => {
    const { endpoints } = await service.client.ask<Service>('$SRV.INFO.orders');
    const subjects = endpoints.map(({ subject }) => subject);
    expect(subjects).toContain('orders.place');
    expect(subjects).toContain('orders.place.>');
  });

  it('counts what it was asked', async () => {
    const requests = async () => {
      const { endpoints } = await service.client.ask<Service>('$SRV.STATS.orders');
      return endpoints.find(({ subject }) => subject === 'orders.get.>')?.num_requests;
    };
    expect(await requests()).toBe(0);
    await service.client.refused('orders.get.nobody');
    expect(await requests()).toBe(1);
  });
});

const PERMISSIONS = `
authorization {
  users = [
    { user: service, password: s }
    { user: till, password: t, permissions: { publish: ["orders.pay.*", "orders.get.*"], subscribe: ["_INBOX.>"] } }
    { user: keeper, password: k, permissions: { publish: ["admin.doctor"], subscribe: ["_INBOX.>"] } }
    { user: anybody, password: a, permissions: { publish: ["orders.get.PUBLIC"], subscribe: ["_INBOX.>"] } }
  ]
}
no_auth_user: service
`;

describe('A NATS server', () => {
  it('can grant commands one by one, by their subjects', async () => {
    const own = await TestService.start({ startServer: () => startConfiguredNats(PERMISSIONS) });
    const fees = [{ code: 'F', amount: 100 }];
    for (const id of ['SO-1', 'PUBLIC']) {
      await own.client.order('place', id, { customer: 'C-17', currency: 'GBP', fees });
    }
    const till = await connect({ servers: own.url, user: 'till', pass: 't' });
    const anybody = await connect({ servers: own.url, user: 'anybody', pass: 'a' });
    const denied = { code: 'PERMISSIONS_VIOLATION' };
    expect((await till.request('orders.pay.SO-1')).json()).toMatchObject({ status: 'completed' });
    expect((await anybody.request('orders.get.PUBLIC')).json()).toMatchObject({ status: 'pending' });
    await expect(till.request('orders.refund.SO-1', '{"amount":100}')).rejects.toMatchObject(denied);
    await expect(till.request('orders.place.SO-2')).rejects.toMatchObject(denied);
    await expect(anybody.request('orders.get.SO-1')).rejects.toMatchObject(denied);
    await expect(anybody.request('orders.pay.PUBLIC')).rejects.toMatchObject(denied);
    expect(await own.client.order('get', 'SO-1')).toMatchObject({ payment: { refunded: 0 } });
    const keeper = await connect({ servers: own.url, user: 'keeper', pass: 'k' });
    expect((await keeper.request('admin.doctor')).json()).toMatchObject({ report: { isSound: true } });
    await expect(keeper.request('admin.backup')).rejects.toMatchObject(denied);
    await expect(till.request('admin.doctor')).rejects.toMatchObject(denied);
    await Promise.all([till.close(), anybody.close(), keeper.close()]);
    await own.stop();
  });
});
