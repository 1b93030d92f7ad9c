import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readSettings } from '../../src/settings.ts';
import {
  type Asked,
  type BranchLog,
  OutsideParticipant,
  WellBehavedParticipant,
} from './fixtures/outside-participant.ts';
import type { Json, View } from './fixtures/raw-client.ts';
import { TestService } from './fixtures/test-service.ts';

const DAY_MS = 86_400_000;
const method = { provider: 'psp', token: 'tok_4711' };

let service: TestService;
let id = 'P-0';
let nth = 0;

beforeAll(async () => {
  const { participants } = readSettings({}, { ORDO_PARTICIPANTS: 'payment=service:psp' });
  service = await TestService.start({ settings: { participants } });
  await service.client.ask('stock.receive.A', { quantity: 1_000 });
});
afterAll(() => service.stop());
beforeEach(async () => {
  nth += 1;
  id = `P-${nth}`;
  await send('place', { customer: 'C-17', currency: 'GBP', lines: [{ sku: 'A', quantity: 1, unitPrice: 700 }] });
});

function send(command: string, body: object = {}): Promise<View> {
  return service.client.order(command, id, body);
}

function refused(command: string, body: object = {}) {
  return service.client.refused(`orders.${command}.${id}`, body);
}

function transaction(question: string, number = 1, body: object = {}): Promise<Json> {
  return service.client.ask(`transactions.${question}.${id}=7E${number}`, body);
}

async function outcome(transactionId: string): Promise<unknown> {
  const token = transactionId.replace('~', '=7E');
  return (await service.client.ask(`transactions.outcome.${token}`, { branch: 'payment' })).outcome;
}

/** The question for its vote; everybody else has voted by then. */
async function prepareOf(psp: OutsideParticipant): Promise<Asked> {
  const prepare = await psp.next(`${id}~1`);
  await service.prepared(`${id}~1`, 2);
  return prepare;
}

/** The branch of the payment service, as operators see it. */
function branchOf({ branches }: Json): Json | undefined {
  return (branches as readonly Json[]).find(({ participant }) => participant === 'service:psp');
}

describe('An outside participant that keeps to the contract', () => {
  let log: BranchLog;
  let psp: WellBehavedParticipant;

  beforeEach(() => {
    log = new Map();
    psp = new WellBehavedParticipant(service.client.connection, 'psp', log, ({ args }) =>
      (args as { amount: number }).amount > 1_000
        ? { vote: 'no', code: 'PAYMENT_DECLINED', reason: 'over the limit' }
        : { vote: 'yes' },
    );
  });
  afterEach(() => psp.stop());

  it('is asked to prepare and to commit, with all that it must know', async () => {
    expect(await send('pay', { method })).toMatchObject({ status: 'paid', payment: { captured: 700 } });
    const ended = await transaction('wait');
    const about = { transaction: `${id}~1`, branch: 'payment', order: id, operation: 'charge' };
    const deadline = new Date(service.clock.now() + 10_000).toISOString();
    expect(psp.participant.asked.map(({ phase, body }) => [phase, body])).toEqual([
      ['prepare', { ...about, args: { amount: 700, currency: 'GBP', digits: 2, method }, deadline }],
      ['commit', { ...about, deadline }],
    ]);
    expect(log.get(`${id}~1 payment`)).toMatchObject({ state: 'committed' });
    expect(branchOf(ended)).toMatchObject({ branch: 'payment', vote: 'yes', outcome: 'done' });
  });

  it('pays back as part of a cancellation', async () => {
    await send('pay', { method });
    expect(await send('cancel', { reason: 'customer' })).toMatchObject({
      status: 'canceled',
      payment: { status: 'refunded', refunded: 700 },
    });
    await transaction('wait', 2);
    expect(psp.participant.asked.at(-2)).toMatchObject({
      phase: 'prepare',
      body: { operation: 'refund', args: { amount: 700, currency: 'GBP', digits: 2, reason: 'customer' } },
    });
  });

  it('votes no, and its reason is the answer; it hears no more of it', async () => {
    id = `${id}b`;
    await send('place', { customer: 'C-17', currency: 'GBP', lines: [{ sku: 'A', quantity: 2, unitPrice: 700 }] });
    const { body } = await refused('pay', { method });
    expect(body).toMatchObject({
      code: 'TRANSACTION_ABORTED',
      details: { votes: [{ participant: 'service:psp', code: 'PAYMENT_DECLINED', reason: 'over the limit' }] },
    });
    expect(branchOf(await transaction('wait'))).toMatchObject({ vote: 'no', outcome: null });
    expect(psp.participant.asked.map(({ phase }) => phase)).toEqual(['prepare']);
    expect(await service.client.ask('stock.get.A')).toMatchObject({ reserved: expect.any(Number) });
  });

  it('is told to abort when another one votes no', async () => {
    id = `${id}c`;
    await send('place', { customer: 'C-17', currency: 'GBP', lines: [{ sku: 'NONE', quantity: 2, unitPrice: 7 }] });
    expect((await refused('pay')).body.details).toMatchObject({ votes: [{ code: 'INSUFFICIENT_STOCK' }] });
    expect(await transaction('wait')).toMatchObject({ state: 'aborted' });
    expect(log.get(`${id}~1 payment`)).toMatchObject({ state: 'aborted' });
  });

  it('may have nothing to change: then it hears of no decision', async () => {
    psp.stop();
    psp = new WellBehavedParticipant(service.client.connection, 'psp', log, () => ({ vote: 'readOnly' }));
    expect(await send('pay')).toMatchObject({ status: 'paid' });
    expect(branchOf(await transaction('wait'))).toMatchObject({ vote: 'readOnly', outcome: null });
    expect(psp.participant.asked.map(({ phase }) => phase)).toEqual(['prepare']);
  });

  it('comes back after a crash with its log, inquires and finds out', async () => {
    const crashing = new OutsideParticipant(service.client.connection, 'psp', ({ phase, body, respond }) => {
      if (phase === 'prepare') {
        log.set(`${body.transaction} ${body.branch}`, { state: 'prepared', deadline: String(body.deadline) });
        respond({ vote: 'yes' });
      }
    });
    psp.stop();
    await send('pay');
    crashing.stop();
    log.set('P-never~1 payment', { state: 'prepared', deadline: '' });
    psp = new WellBehavedParticipant(service.client.connection, 'psp', log);
    await psp.inquire();
    expect(Object.fromEntries(log)).toMatchObject({
      [`${id}~1 payment`]: { state: 'committed' },
      'P-never~1 payment': { state: 'aborted' },
    });
    expect(await service.pass(5_000, transaction('wait', 1, { timeoutMs: 60_000 }))).toMatchObject({
      state: 'committed',
    });
  });
});

describe('A participant that asks for an outcome', () => {
  it('hears undecided, then committed; of an unknown transaction it hears aborted', async () => {
    const psp = new OutsideParticipant(service.client.connection, 'psp');
    const paying = send('pay');
    const prepare = await prepareOf(psp);
    expect(await outcome(`${id}~1`)).toBe('undecided');
    prepare.respond({ vote: 'yes' });
    (await psp.next(`${id}~1`)).respond({ done: true });
    await paying;
    expect(await outcome(`${id}~1`)).toBe('committed');
    expect(await outcome(`${id}~2`)).toBe('aborted');
    expect(await outcome('never=20seen')).toBe('aborted');
    psp.stop();
  });
});

describe('An outside participant without manners', () => {
  let psp: OutsideParticipant;

  beforeEach(() => {
    psp = new OutsideParticipant(service.client.connection, 'psp');
  });
  afterEach(() => psp.stop());

  it('answers everything twice: it is done once', async () => {
    const paying = send('pay');
    const prepare = await prepareOf(psp);
    prepare.respond({ vote: 'yes' });
    prepare.respond({ vote: 'yes' });
    const commit = await psp.next(`${id}~1`);
    expect(commit.phase).toBe('commit');
    commit.respond({ done: true });
    commit.respond({ done: true });
    expect(await paying).toMatchObject({ payment: { captured: 700 }, lines: [{ reserved: 1 }] });
    expect(await transaction('wait')).toMatchObject({ state: 'committed' });
  });

  it('says no after it has said yes: the first answer counts, the second is on record', async () => {
    const paying = send('pay');
    const prepare = await prepareOf(psp);
    prepare.respond({ vote: 'yes' });
    prepare.respond({ vote: 'no', code: 'SORRY', reason: 'changed my mind' });
    (await psp.next(`${id}~1`)).respond({ done: true });
    expect(await paying).toMatchObject({ status: 'paid' });
    const ended = await transaction('wait');
    expect(ended).toMatchObject({ state: 'committed' });
    expect(branchOf(ended)).toMatchObject({ vote: 'yes', contradiction: expect.stringContaining('SORRY') });
  });

  it('says yes after it has said no: the first answer counts', async () => {
    const paying = refused('pay');
    const prepare = await prepareOf(psp);
    prepare.respond({ vote: 'no', code: 'SORRY', reason: 'not today' });
    prepare.respond({ vote: 'yes' });
    expect((await paying).body.details.votes).toMatchObject([{ participant: 'service:psp', code: 'SORRY' }]);
    expect(await transaction('wait')).toMatchObject({ state: 'aborted' });
  });

  it('answers late, when it has been asked again: any of its answers counts', async () => {
    const paying = send('pay');
    const first = await prepareOf(psp);
    const second = await service.pass(3_000, psp.next(`${id}~1`));
    expect([second.phase, second.body]).toEqual([first.phase, first.body]);
    first.respond({ vote: 'yes' });
    const commit = await psp.next(`${id}~1`);
    expect(commit.phase).toBe('commit');
    commit.respond({ done: true });
    second.respond({ vote: 'yes' });
    expect(await paying).toMatchObject({ status: 'paid' });
    expect(await transaction('wait')).toMatchObject({ state: 'committed' });
  });

  it('answers with errors and nonsense: it is asked again until it votes', async () => {
    const paying = send('pay');
    (await prepareOf(psp)).fail('500', 'out of order');
    for (const nonsense of [{ vote: 'maybe' }, { vote: 'no' }, {}, 'yes!', '[]']) {
      await transaction('retry');
      (await psp.next(`${id}~1`)).respond(nonsense);
    }
    expect(branchOf(await transaction('retry'))).toMatchObject({ vote: null });
    (await psp.next(`${id}~1`)).respond({ vote: 'yes' });
    (await psp.next(`${id}~1`)).respond({ done: true });
    expect(await paying).toMatchObject({ status: 'paid' });
  });

  it('never votes: the transaction is aborted when the vote is due, and it is told until it answers', async () => {
    const paying = refused('pay');
    await prepareOf(psp);
    const { body } = await service.pass(10_100, paying);
    expect(body.details.votes).toMatchObject([{ participant: 'service:psp', code: 'PREPARE_TIMEOUT' }]);
    let abort = await service.pass(0, psp.next(`${id}~1`));
    while (abort.phase === 'prepare') abort = await service.pass(0, psp.next(`${id}~1`));
    expect(abort.body).toMatchObject({ transaction: `${id}~1`, branch: 'payment' });
    expect(await transaction('get')).toMatchObject({ state: 'aborting' });
    expect((await service.pass(5_000, psp.next(`${id}~1`))).phase).toBe('abort');
    (await service.pass(5_000, psp.next(`${id}~1`))).respond({ done: true });
    expect(await transaction('wait')).toMatchObject({ state: 'aborted' });
  });

  it('never answers an abort: that is forgotten after the retention time, and the vote that comes then is too late', async () => {
    const paying = refused('pay');
    const prepare = await prepareOf(psp);
    await service.pass(10_100, paying);
    prepare.respond({ vote: 'yes' });
    expect(await outcome(`${id}~1`)).toBe('aborted');
    expect(await transaction('get')).toMatchObject({ state: 'aborting' });
    await service.clock.pass(DAY_MS);
    await service.eventually(
      () => transaction('get'),
      ({ state }) => state === 'aborted',
    );
    expect(await outcome(`${id}~1`)).toBe('aborted');
    expect(await send('get')).toMatchObject({ transaction: null });
  });

  it('never answers a commit: it is asked without end, also after a restart, and everybody sees it', async () => {
    const paying = send('pay');
    (await psp.next(`${id}~1`)).respond({ vote: 'yes' });
    expect(await paying).toMatchObject({ status: 'paid', transaction: null });
    await service.clock.pass(3 * DAY_MS);
    // At least every 36 s: the longest pause is 30 s, and jitter adds a fifth.
    await service.eventually(
      async () => psp.times('commit', `${id}~1`),
      (times) => times > (3 * DAY_MS) / 36_000,
    );
    expect(await transaction('get')).toMatchObject({ state: 'committing' });
    expect(await service.client.ask('transactions.list', { state: 'inDoubt', olderThanMs: DAY_MS })).toMatchObject({
      transactions: [{ id: `${id}~1`, state: 'committing' }],
    });
    const before = psp.times('commit', `${id}~1`);
    await service.restart();
    await service.eventually(
      async () => psp.times('commit', `${id}~1`),
      (times) => times > before,
    );
    await transaction('retry');
    psp.asked.at(-1)?.respond({ done: true });
    expect(await transaction('wait')).toMatchObject({ state: 'committed' });
  });

  it('is asked at once when an operator says so', async () => {
    const paying = send('pay');
    (await psp.next(`${id}~1`)).respond({ vote: 'yes' });
    await paying;
    await psp.next(`${id}~1`);
    const again = psp.next(`${id}~1`);
    expect(await transaction('retry')).toMatchObject({ state: 'committing' });
    (await again).respond({ done: true });
    expect(await transaction('wait')).toMatchObject({ state: 'committed' });
  });

  it('has lost its memory and does not know what to commit: it stays on the list until somebody acts', async () => {
    const paying = send('pay');
    (await psp.next(`${id}~1`)).respond({ vote: 'yes' });
    await paying;
    (await psp.next(`${id}~1`)).fail('404', 'I have never heard of it');
    await service.clock.pass(60_000);
    expect(await transaction('get')).toMatchObject({ state: 'committing' });
    await transaction('resolve', 1, { branch: 'payment', outcome: 'committed', by: 'ann', reason: 'saw the money' });
    expect(await transaction('wait')).toMatchObject({ state: 'committed' });
  });
});

describe('An operator', () => {
  let psp: OutsideParticipant;

  beforeEach(() => {
    psp = new OutsideParticipant(service.client.connection, 'psp');
  });
  afterEach(() => psp.stop());

  it('ends the waiting for votes: aborted, and the participant is told', async () => {
    const paying = refused('pay');
    await prepareOf(psp);
    expect(await transaction('resolve', 1, { outcome: 'aborted', by: 'ann', reason: 'outage' })).toMatchObject({
      state: 'aborting',
    });
    expect((await paying).body.details.votes).toMatchObject([
      { code: 'RESOLVED', reason: expect.stringMatching(/ann/) },
    ]);
    const abort = await psp.next(`${id}~1`);
    expect(abort.phase).toBe('abort');
    abort.respond({ done: true });
    expect(await transaction('wait')).toMatchObject({ state: 'aborted' });
  });

  it('cannot close one branch while votes are missing', async () => {
    const paying = send('pay');
    const prepare = await prepareOf(psp);
    const by = { by: 'ann', reason: 'x' };
    const { body } = await service.client.refused(`transactions.resolve.${id}=7E1`, {
      branch: 'payment',
      outcome: 'committed',
      ...by,
    });
    expect(body).toMatchObject({ code: 'NOT_ACCEPTED', details: { state: { state: 'preparing' } } });
    prepare.respond({ vote: 'yes' });
    (await psp.next(`${id}~1`)).respond({ done: true });
    await paying;
  });

  it('closes a branch that does not answer, as decided: heuristic, with who, why and when', async () => {
    const paying = send('pay');
    (await psp.next(`${id}~1`)).respond({ vote: 'yes' });
    await paying;
    await psp.next(`${id}~1`);
    const whole = await service.client.refused(`transactions.resolve.${id}=7E1`, {
      outcome: 'aborted',
      by: 'ann',
      reason: 'x',
    });
    expect(whole.body.code).toBe('NOT_ACCEPTED');
    const resolved = service.client.connection.subscribe(`events.transaction.${id}=7E1.*`, { max: 2 });
    await transaction('resolve', 1, { branch: 'payment', outcome: 'committed', by: 'ann', reason: 'saw it' });
    const ended = await transaction('wait');
    expect(ended).toMatchObject({ state: 'committed' });
    const at = new Date(service.clock.now()).toISOString();
    expect(branchOf(ended)).toMatchObject({
      outcome: 'heuristic',
      heuristic: { outcome: 'committed', by: 'ann', reason: 'saw it', at },
    });
    const kinds: string[] = [];
    for await (const message of resolved) kinds.push(message.subject.split('.').at(-1) ?? '');
    expect(kinds).toEqual(['resolved', 'committed']);
  });

  it('closes it against the decision: mixed, and what the branch answers later is recorded, not acted on', async () => {
    const paying = send('pay');
    (await psp.next(`${id}~1`)).respond({ vote: 'yes' });
    await paying;
    const commit = await psp.next(`${id}~1`);
    await transaction('resolve', 1, { branch: 'payment', outcome: 'aborted', by: 'ann', reason: 'no money there' });
    expect(await transaction('wait')).toMatchObject({ state: 'mixed' });
    commit.respond({ done: true });
    const recorded = await service.eventually(
      () => transaction('get'),
      (view) => branchOf(view)?.contradiction !== undefined,
    );
    expect(recorded).toMatchObject({ state: 'mixed' });
    expect(branchOf(recorded)).toMatchObject({ outcome: 'heuristic', heuristic: { outcome: 'aborted' } });
    expect(await service.client.ask('transactions.list', { state: 'mixed' })).toMatchObject({
      transactions: [{ id: `${id}~1` }],
    });
    expect(await send('get')).toMatchObject({ status: 'paid' });
  });
});

it('None of it was worth an error in the log', () => {
  expect(service.errors).toEqual([]);
});
