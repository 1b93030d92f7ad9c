import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Participant } from '../../src/participant/index.ts';
import { readSettings } from '../../src/settings.ts';
import type { Json } from '../service/fixtures/raw-client.ts';
import { TestService } from '../service/fixtures/test-service.ts';
import { startMortal } from './fixtures/mortal-psp.ts';
import { ParticipantProcess } from './fixtures/participant-process.ts';

const PREPARE_TIMEOUT_MS = 120_000;
/** How long a test waits, in real time, for what must come about by itself. */
const PATIENCE_MS = 20_000;
const MORTAL = 'test/participant/fixtures/mortal-process.mjs';

let service: TestService;
let directory: string;
let id = 'M-0';
let nth = 0;
let mortal: ParticipantProcess | undefined;
let psp: Participant | undefined;

beforeAll(async () => {
  directory = await fs.mkdtemp(join(tmpdir(), 'ordo-mortal-'));
  const { participants } = readSettings({}, { ORDO_PARTICIPANTS: 'payment=service:psp' });
  // The participant's time is real, the service's is stepped: its deadlines must outlast the start of a process.
  service = await TestService.start({ settings: { participants, prepareTimeoutMs: PREPARE_TIMEOUT_MS } });
  service.clock.set(Date.now());
  await service.client.ask('stock.receive.A', { quantity: 1_000 });
});
afterAll(async () => {
  await service.stop();
  await fs.rm(directory, { recursive: true });
});
beforeEach(() => {
  nth += 1;
  id = `M-${nth}`;
  service.clock.set(Math.max(service.clock.now(), Date.now()));
});

// One that a failed test leaves behind would answer the next one's messages, with a log that knows nothing of them.
afterEach(async () => {
  await psp?.stop();
  await mortal?.end('SIGKILL');
  psp = undefined;
  mortal = undefined;
});

const options = () => ({
  url: service.url,
  data: join(directory, id),
  effects: join(directory, `${id}.effects`),
});

/** A participant in a process that will kill itself. */
async function startMortalProcess(dieAt: string): Promise<ParticipantProcess> {
  const { url, data, effects: file } = options();
  const psp = new ParticipantProcess(MORTAL, { NATS_URL: url, PSP_DATA: data, EFFECTS: file, DIE_AT: dieAt });
  await psp.said('ready');
  return psp;
}

async function place(sku: string): Promise<void> {
  const lines = [{ sku, quantity: 1, unitPrice: 700 }];
  await service.client.order('place', id, { customer: 'C-17', currency: 'GBP', lines });
}

/** What the handlers have done, each thing once: they are called at least once. */
async function effects(): Promise<readonly string[]> {
  const text = await fs.readFile(options().effects, 'utf8');
  return [...new Set(text.trim().split('\n'))];
}

/** The transaction, once it has ended. Whoever does not answer is asked again meanwhile, though not past the deadline. */
async function ended(): Promise<Json> {
  for (let passedMs = 0; passedMs < PREPARE_TIMEOUT_MS / 2; passedMs += 200) {
    await service.clock.pass(200);
    const transaction = await service.pass(0, service.client.ask<Json>(`transactions.get.${id}=7E1`));
    if (transaction.state === 'committed' || transaction.state === 'aborted') return transaction;
  }
  return service.pass(0, service.client.ask<Json>(`transactions.wait.${id}=7E1`, { timeoutMs: 30_000 }));
}

describe('A participant that is killed', () => {
  const key = () => `${id}=7E1/payment`;

  it.each([
    'after preparing',
    'before prepared',
    'after prepared',
    'after committing',
    'before committed',
    'after committed',
  ])('%s of a payment, and started again, takes the money once', async (dieAt) => {
    mortal = await startMortalProcess(dieAt);
    await place('A');
    const paying = service.client.order('pay', id);
    expect(await mortal.ended).toBe('SIGKILL');
    psp = await startMortal(options());
    expect(await ended()).toMatchObject({ state: 'committed' });
    expect(await paying).toMatchObject({ status: 'paid', payment: { captured: 700 } });
    expect(await effects()).toEqual([`hold ${key()}`, `commit A ${key()} ${key()}`]);
  });

  it('after its yes, before it has taken in the decision, asks for it when it is started again', async () => {
    mortal = await startMortalProcess('before committing');
    await place('A');
    const paying = service.client.order('pay', id);
    expect(await mortal.ended).toBe('SIGKILL');
    expect(await paying).toMatchObject({ status: 'paid' });
    // The service's time stands still: it does not ask again, so only the inquiry can tell.
    psp = await startMortal(options());
    const patienceEndsAt = performance.now() + PATIENCE_MS;
    while (psp.status().counters.committed === 0 && performance.now() < patienceEndsAt) await service.clock.pass(0);
    expect(await effects()).toEqual([`hold ${key()}`, `commit A ${key()} ${key()}`]);
    expect(psp.status().counters.inquiries).toBe(1);
    expect(await ended()).toMatchObject({ state: 'committed' });
  });

  it.each(['after prepared', 'after aborting', 'before aborted', 'after aborted'])(
    '%s of a payment that comes to nothing, and started again, holds nothing',
    async (dieAt) => {
      mortal = await startMortalProcess(dieAt);
      await place('NONE');
      const refused = service.client.refused(`orders.pay.${id}`);
      expect(await mortal.ended).toBe('SIGKILL');
      psp = await startMortal(options());
      expect(await ended()).toMatchObject({ state: 'aborted' });
      expect((await refused).body).toMatchObject({ details: { votes: [{ code: 'INSUFFICIENT_STOCK' }] } });
      expect(await effects()).toEqual([`hold ${key()}`, `abort ${key()}`]);
    },
  );
});
