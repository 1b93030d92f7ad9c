import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readSettings } from '../../src/settings.ts';
import { OutsideParticipant } from './fixtures/outside-participant.ts';
import type { Json } from './fixtures/raw-client.ts';
import { TestService } from './fixtures/test-service.ts';

let service: TestService;
let id = '';
let nth = 0;

beforeAll(async () => {
  service = await TestService.start();
  await service.client.ask('stock.receive.A', { quantity: 1_000 });
});
afterAll(() => service.stop());
beforeEach(async () => {
  nth += 1;
  id = `B-${nth}`;
  const lines = [{ sku: 'A', quantity: 1, unitPrice: 700 }];
  await service.client.order('place', id, { customer: 'C-17', currency: 'GBP', lines });
});

interface SideBySide extends Json {
  readonly branches: readonly {
    readonly branch: string;
    readonly says: string | null;
    readonly disagreement: unknown;
  }[];
}

function sideBySide(number = 1): Promise<SideBySide> {
  return service.client.ask<SideBySide>(`transactions.branches.${id}=7E${number}`);
}

/** `order committed, payment committed`; what does not agree stands in brackets. */
async function said(number = 1): Promise<string> {
  const { branches } = await sideBySide(number);
  return branches
    .map(({ branch, says, disagreement }) => `${branch} ${says}${disagreement === null ? '' : ` (${disagreement})`}`)
    .join(', ');
}

describe('A transaction side by side with its participants', () => {
  it('has all that the transaction alone has', async () => {
    await service.client.order('pay', id);
    await service.client.ask(`transactions.wait.${id}=7E1`);
    const alone = await service.client.ask<SideBySide>(`transactions.get.${id}=7E1`);
    const beside = { says: expect.any(String), disagreement: null };
    expect(await sideBySide()).toEqual({ ...alone, branches: alone.branches.map((one) => ({ ...one, ...beside })) });
  });

  it('shows who has prepared and who has heard nothing while a vote is missing', async () => {
    const paying = service.client.refused(`orders.pay.${id}`, { method: { provider: 'sandbox', token: 'silent' } });
    await service.prepared(`${id}~1`, 2);
    expect(await said()).toBe('order prepared, payment unknown, stock/A prepared');
    await service.pass(10_000, paying);
    await service.pass(0, service.client.ask(`transactions.wait.${id}=7E1`));
    expect(await said()).toBe('order aborted, payment unknown, stock/A forgotten');
  });

  it('shows the ends of those that have committed, as long as each remembers', async () => {
    await service.client.order('pay', id);
    await service.client.ask(`transactions.wait.${id}=7E1`);
    expect(await said()).toBe('order committed, payment committed, stock/A committed');
    await service.client.order('ship', id);
    await service.client.ask(`transactions.wait.${id}=7E2`);
    expect(await said(2)).toBe('order committed, stock/A committed, shipment/P1 committed');
    // The order knows its last transaction only; the ledger of payments names them all.
    expect(await said()).toBe('order forgotten, payment committed, stock/A committed');
  });

  it('shows who has voted no', async () => {
    await service.client.refused(`orders.pay.${id}`, { method: { provider: 'sandbox', token: 'declined' } });
    await service.client.ask(`transactions.wait.${id}=7E1`);
    expect(await said()).toBe('order aborted, payment refused, stock/A aborted');
  });

  it('is TRANSACTION_NOT_FOUND where there is none', async () => {
    expect((await service.client.refused('transactions.branches.nobody=7E1')).body.code).toBe('TRANSACTION_NOT_FOUND');
  });

  it('asks no outside service', async () => {
    const { participants } = readSettings({}, { ORDO_PARTICIPANTS: 'payment=service:psp' });
    const own = await TestService.start({ settings: { participants } });
    const psp = new OutsideParticipant(own.client.connection, 'psp', ({ respond }) =>
      respond({ vote: 'yes', done: true }),
    );
    try {
      await own.client.order('place', 'X', { customer: 'C', currency: 'GBP', fees: [{ code: 'P', amount: 1 }] });
      await own.client.order('pay', 'X');
      const { branches } = await own.client.ask<SideBySide>('transactions.branches.X=7E1');
      expect(branches.map(({ branch, says, disagreement }) => [branch, says, disagreement])).toEqual([
        ['order', 'committed', null],
        ['payment', null, null],
      ]);
    } finally {
      psp.stop();
      await own.stop();
    }
  });
});
