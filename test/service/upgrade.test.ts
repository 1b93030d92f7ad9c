import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orderDefinition2, withoutMigrate } from '../upgrade/fixtures/order-2.ts';
import { buildWith } from '../upgrade/fixtures/town.ts';
import type { Json, View } from './fixtures/raw-client.ts';
import { TestService } from './fixtures/test-service.ts';

const ORDERS = 30;
const build2 = buildWith(orderDefinition2);

let service: TestService;
/** The answer to a payment that is under way while the builds change. */
let paying: Promise<{ readonly body: Json }>;

const lines = [{ sku: 'A', quantity: 1, unitPrice: 200 }];
const place = (id: string) => service.client.order('place', id, { customer: 'C-17', currency: 'GBP', lines });

/** Orders that rest, half of them paid, and one whose payment service is not there to vote. */
beforeAll(async () => {
  service = await TestService.start();
  await service.client.ask('stock.receive.A', { quantity: 1_000 });
  for (let nth = 2; nth <= ORDERS; nth += 1) {
    await place(`U-${nth}`);
    if (nth % 2 === 0) await service.client.order('pay', `U-${nth}`);
  }
  await service.restart({ settings: { participants: { payment: 'service:psp' }, prepareTimeoutMs: 60_000 } });
  await place('U-1');
  paying = service.client.refused('orders.pay.U-1');
  await service.prepared('U-1~1', 2);
  await service.stopNode({ isWaiting: true });
});

afterAll(() => service.stop());

function checks(): readonly string[] {
  return service.infos.map(({ message }) => message).filter((message) => message.startsWith('Checking every record'));
}

const counts = () => service.client.ask<{ readonly state: Readonly<Record<string, number>> }>('orders.counts');

describe('A service with a new version of the order', () => {
  it('does not start where orders would be lost, and says which', async () => {
    await expect(service.startNode(buildWith(withoutMigrate))).rejects.toMatchObject({
      code: 'VERSION_UNKNOWN',
      message: expect.stringMatching(
        /30 of \d+ records .*\n {2}order version 1 in \S+ \S+ \S+ transaction.prepared: 1 \(/s,
      ),
    });
  });

  it('leaves them to the build that wrote them, which starts without a look at them', async () => {
    service.infos.length = 0;
    await service.startNode(buildWith());
    expect(await service.client.order('get', 'U-2')).toMatchObject({ status: 'paid' });
    expect(checks()).toEqual([]);
    await service.stopNode({ isWaiting: true });
  });

  it('takes them over with a migrate: what waits for its time to come is carried over by itself', async () => {
    await service.startNode(build2);
    const { state } = await service.eventually(
      counts,
      (answer) => answer.state['fulfillment.unfulfilled'] === undefined,
    );
    expect(state).toMatchObject({ 'fulfillment.picking': 15, 'fulfillment.awaitingPayment': 15 });
    const answer = await service.client.ask<{ readonly entries: readonly Json[] }>('orders.history.U-30', {});
    expect(answer.entries.at(-1)).toMatchObject({
      event: { type: 'migrate', from: 1, to: 2 },
      from: { fulfillment: 'unfulfilled' },
      to: { fulfillment: 'picking' },
    });
  });

  it('ends the transaction that was under way, and tells its client', async () => {
    expect(await service.client.order('get', 'U-1')).toMatchObject({ state: { transaction: 'prepared' } });
    const { body } = await service.pass(60_000, paying);
    expect(body).toMatchObject({ code: 'TRANSACTION_ABORTED', details: { votes: [{ code: 'PREPARE_TIMEOUT' }] } });
    expect(await service.client.order('get', 'U-1')).toMatchObject({ status: 'pending', transaction: null });
  });

  it('lists, explains and moves them on as ever', async () => {
    const listed = await service.client.ask<{ readonly orders: readonly View[] }>('orders.list', { status: 'paid' });
    expect(listed.orders).toHaveLength(15);
    expect(await service.client.order('get', 'U-2')).toMatchObject({
      state: { fulfillment: 'picking' },
      fulfillment: { status: 'unfulfilled' },
    });
    expect(await service.client.order('ship', 'U-2')).toMatchObject({ status: 'shipped' });
    expect(await service.client.order('deliver', 'U-2')).toMatchObject({ fulfillment: { status: 'delivered' } });
    expect(await service.client.order('confirmReceipt', 'U-2')).toMatchObject({ status: 'completed' });
  });

  it('starts again without a look at the records once they are all carried over', async () => {
    service.infos.length = 0;
    await service.restart();
    expect(service.infos.map(({ message }) => message)).not.toContain('Every record fits this build');
    expect(checks()).toEqual([]);
  });

  it('does not go back to the older build', async () => {
    await service.stopNode();
    await expect(service.startNode(buildWith())).rejects.toMatchObject({
      code: 'VERSION_UNKNOWN',
      message: expect.stringContaining('a newer build has written it: this one runs version 1'),
    });
    await service.startNode(build2);
    expect(service.errors).toEqual([]);
  });
});
