import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../src/settings.ts';
import { OutsideParticipant } from '../service/fixtures/outside-participant.ts';
import { TestService } from '../service/fixtures/test-service.ts';
import { ParticipantProcess } from './fixtures/participant-process.ts';

let directory: string;
let service: TestService;
let depot: OutsideParticipant;
let bare: ParticipantProcess;

beforeAll(async () => {
  directory = await fs.mkdtemp(join(tmpdir(), 'ordo-bare-'));
  const settings = readSettings({}, { ORDO_PARTICIPANTS: 'payment=service:bare,stock=service:depot' });
  service = await TestService.start({ settings: { participants: settings.participants, prepareTimeoutMs: 60_000 } });
  service.clock.set(Date.now());
  depot = new OutsideParticipant(service.client.connection, 'depot', ({ phase, respond }) => {
    if (phase !== 'prepare') respond({ done: true });
  });
  bare = await start();
});
afterAll(async () => {
  await bare.end('SIGKILL');
  await service.stop();
  await fs.rm(directory, { recursive: true });
});

async function start(): Promise<ParticipantProcess> {
  const env = { NATS_URL: service.url, BRANCHES: join(directory, 'branches.json') };
  const participant = new ParticipantProcess('docs/examples/bare.mjs', env);
  await participant.said('ready');
  return participant;
}

async function place(id: string, unitPrice = 700): Promise<void> {
  const lines = [{ sku: 'A', quantity: 1, unitPrice }];
  await service.client.order('place', id, { customer: 'C-17', currency: 'GBP', lines });
}

describe('The participant without the SDK', () => {
  it('votes, does what is decided, and votes no', async () => {
    await place('B-1');
    const paying = service.client.order('pay', 'B-1');
    (await depot.next('B-1~1')).respond({ vote: 'yes' });
    expect(await paying).toMatchObject({ status: 'paid' });
    await bare.said('committed B-1~1');

    await place('B-2', 100_001);
    const { body } = await service.client.refused('orders.pay.B-2');
    expect(body.details).toMatchObject({ votes: [{ participant: 'service:bare', code: 'PAYMENT_DECLINED' }] });
  });

  it.each([
    ['committed', { vote: 'yes' }],
    ['aborted', { vote: 'no', code: 'INSUFFICIENT_STOCK', reason: 'the shelf is empty' }],
  ])('is killed after its yes, and finds out by asking: %s', async (outcome, vote) => {
    const id = `B-${outcome}`;
    await place(id);
    const paying = service.client.send(`orders.pay.${id}`, '{}');
    const prepare = await depot.next(`${id}~1`);
    await service.prepared(`${id}~1`, 2);
    await bare.end('SIGKILL');
    prepare.respond(vote);
    await paying;
    // The service's time stands still: it does not ask again, so only the inquiry can tell.
    bare = await start();
    await bare.said(`${outcome} ${id}~1`);
  });

  it('survives what it cannot read', async () => {
    service.client.connection.publish('participants.bare.prepare', 'nonsense');
    service.client.connection.publish('participants.bare.prepare', 'null');
    await place('B-3');
    const paying = service.client.order('pay', 'B-3');
    (await depot.next('B-3~1')).respond({ vote: 'yes' });
    expect(await paying).toMatchObject({ status: 'paid' });
  });
});
