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
    for (const subject of ['$SRV.PING', '$SRV.PING.orders']) {
      expect(await service.client.ask(subject)).toMatchObject({ ...identity, type: 'io.nats.micro.v1.ping_response' });
    }
    const { id } = await service.client.ask('$SRV.PING');
    expect(await service.client.ask(`$SRV.PING.orders.${id}`)).toMatchObject({ id });
  });

  it('tells its endpoints: one for every command and question, each with what it is for', async () => {
    const info = await service.client.ask<Service>('$SRV.INFO.orders');
    expect(info).toMatchObject({ ...identity, type: 'io.nats.micro.v1.info_response' });
    const subjects = info.endpoints.map(({ subject }) => subject);
    for (const name of endpointNames) {
      expect(subjects.filter((subject) => subject === name || subject === `${name}.>`)).not.toEqual([]);
    }
    expect(subjects).toContain('orders.place');
    expect(subjects).toContain('orders.place.>');
    const schema = expect.stringMatching(/^urn:ordo:schema:[A-Z]\w+$/);
    for (const { queue_group: queue, metadata } of info.endpoints) {
      expect({ queue, metadata }).toEqual({
        queue: 'orders',
        metadata: { summary: expect.stringMatching(/\.$/), request: schema, answer: schema },
      });
    }
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
    await Promise.all([till.close(), anybody.close()]);
    await own.stop();
  });
});
