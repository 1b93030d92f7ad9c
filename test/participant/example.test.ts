import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Asked, OutsideParticipant } from '../service/fixtures/outside-participant.ts';
import { RawClient } from '../service/fixtures/raw-client.ts';
import { ServeProcess } from '../service/fixtures/serve-process.ts';
import { ParticipantProcess } from './fixtures/participant-process.ts';

let directory: string;
let service: ServeProcess;
let client: RawClient;
let depot: OutsideParticipant;
let psp: ParticipantProcess;
let url: string;

beforeAll(async () => {
  directory = await fs.mkdtemp(join(tmpdir(), 'ordo-example-'));
  const data = ['--data', join(directory, 'ordo'), '--nats-port', '0', '--prepare-timeout', '60s'];
  // The stock is the test's own: its votes decide when, and how, a transaction is decided.
  const participants = ['--participant', 'payment=service:psp', '--participant', 'stock=service:depot'];
  service = new ServeProcess([...data, ...participants]);
  url = await service.ready();
  client = new RawClient(await connect({ servers: url }));
  depot = new OutsideParticipant(client.connection, 'depot', ({ phase, respond }) => {
    if (phase !== 'prepare') respond({ done: true });
  });
  psp = await startExample();
});
afterAll(async () => {
  await psp.end('SIGKILL');
  await client.connection.close();
  await service.end('SIGTERM');
  await fs.rm(directory, { recursive: true });
});

/** Starts docs/examples/psp.ts as docs/participants.md says. */
async function startExample(): Promise<ParticipantProcess> {
  const example = new ParticipantProcess('docs/examples/psp.ts', { NATS_URL: url, PSP_DATA: join(directory, 'psp') });
  await example.said('ready');
  return example;
}

async function place(id: string, unitPrice = 700): Promise<void> {
  const lines = [{ sku: 'A', quantity: 1, unitPrice }];
  await client.order('place', id, { customer: 'C-17', currency: 'GBP', lines });
}

/** Begins to pay, and gives the depot's question for its vote once the payment service has said yes. */
async function payUntilYes(id: string): Promise<{ readonly paid: Promise<unknown>; readonly prepare: Asked }> {
  const paid = client.send(`orders.pay.${id}`, '{}');
  const prepare = await depot.next(`${id}~1`);
  for (;;) {
    const { branches } = await client.ask<{ branches: { branch: string; vote: string | null }[] }>(
      `transactions.get.${id}=7E1`,
    );
    if (branches.some(({ branch, vote }) => branch === 'payment' && vote === 'yes')) return { paid, prepare };
  }
}

async function pay(id: string): Promise<unknown> {
  const { paid, prepare } = await payUntilYes(id);
  prepare.respond({ vote: 'yes' });
  return paid;
}

const ended = (id: string, nth = 1) => client.ask(`transactions.wait.${id}=7E${nth}`, { timeoutMs: 30_000 });

describe('The payment service of docs/participants.md', () => {
  it('takes the money, and pays it back', async () => {
    await place('E-1');
    await pay('E-1');
    await psp.said('charge E-1 700 GBP');
    expect(await client.order('get', 'E-1')).toMatchObject({ status: 'paid', payment: { captured: 700 } });
    const canceled = client.order('cancel', 'E-1', { reason: 'customer' });
    (await depot.next('E-1~2')).respond({ vote: 'yes' });
    expect(await canceled).toMatchObject({ status: 'canceled', payment: { refunded: 700 } });
    await psp.said('refund E-1 700 GBP');
  });

  it('declines what the card does not cover', async () => {
    await place('E-2', 100_001);
    const refused = client.refused('orders.pay.E-2');
    (await depot.next('E-2~1')).respond({ vote: 'yes' });
    const said = { participant: 'service:psp', code: 'PAYMENT_DECLINED', reason: 'the card does not cover 100001' };
    expect((await refused).body).toMatchObject({ code: 'TRANSACTION_ABORTED', details: { votes: [said] } });
    expect(await ended('E-2')).toMatchObject({ state: 'aborted' });
  });

  it('is killed after its yes, comes back, asks what has become of it, and takes the money', async () => {
    await place('E-3');
    const { paid, prepare } = await payUntilYes('E-3');
    await psp.end('SIGKILL');
    prepare.respond({ vote: 'yes' });
    await paid;
    expect(await client.ask('transactions.get.E-3=7E1')).toMatchObject({ state: 'committing' });
    psp = await startExample();
    await psp.said('charge E-3 700 GBP');
    expect(await ended('E-3')).toMatchObject({ state: 'committed' });
  });

  it('is killed after its yes, comes back, asks what has become of it, and lets go of the money', async () => {
    await place('E-4');
    const { paid, prepare } = await payUntilYes('E-4');
    await psp.end('SIGKILL');
    prepare.respond({ vote: 'no', code: 'INSUFFICIENT_STOCK', reason: 'the shelf is empty' });
    await paid;
    psp = await startExample();
    await psp.said('charge E-4 undone');
    expect(await ended('E-4')).toMatchObject({ state: 'aborted' });
  });

  it('ends well when it is told to', async () => {
    expect(await psp.end('SIGTERM')).toBe(0);
    psp = await startExample();
  });
});
