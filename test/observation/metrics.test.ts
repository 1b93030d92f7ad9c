import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MemoryStore } from '../../runtime/memory/store.ts';
import { Metrics } from '../../src/observation/metrics/metrics.ts';
import { SteppedClock } from '../fixtures/stepped-clock.ts';
import { OutsideParticipant } from '../service/fixtures/outside-participant.ts';
import { TestService } from '../service/fixtures/test-service.ts';
import { type Family, readMetrics, sampleOf } from './fixtures/prometheus-text.ts';

const placing = { customer: 'C-17', currency: 'GBP', lines: [{ sku: 'CUP', quantity: 2, unitPrice: 150 }] };
const method = (token: string) => ({ method: { provider: 'sandbox', token } });

let service: TestService;

const scrape = async (): Promise<ReadonlyMap<string, Family>> => readMetrics(await service.node.metrics.text());

describe('The metrics of a service', () => {
  beforeAll(async () => {
    service = await TestService.start();
    const { client } = service;
    await client.ask('stock.receive.CUP', { quantity: 100 });
    for (const id of ['SO-1', 'SO-2', 'SO-3']) await client.order('place', id, placing);
    await client.refused('orders.pay.SO-1', method('declined'));
    await client.order('pay', 'SO-1', method('ok'));
    await client.order('pay', 'SO-2', method('ok'));
    await client.refused('orders.ship.SO-3');
    await client.order('get', 'SO-1');
    await client.refused('orders.get.SO-9');
    await client.refused('orders.place.SO-4', { customer: '' });
    await client.refused('orders.get.SO=2d4');
    for (const id of ['SO-1=7E1', 'SO-1=7E2', 'SO-2=7E1']) await client.ask(`transactions.wait.${id}`);
  });

  afterAll(() => service.stop());

  it('count commands by name and outcome, and questions apart from them', async () => {
    const families = await scrape();
    const commands = (command: string, outcome: string) =>
      sampleOf(families, 'ordo_command_duration_seconds_count', { command, outcome });
    expect(commands('orders.place', 'OK')).toBe(3);
    expect(commands('orders.pay', 'OK')).toBe(2);
    expect(commands('orders.pay', 'TRANSACTION_ABORTED')).toBe(1);
    expect(commands('orders.ship', 'NOT_ACCEPTED')).toBe(1);
    expect(commands('stock.receive', 'OK')).toBe(1);
    const questions = (question: string, outcome: string) =>
      sampleOf(families, 'ordo_question_duration_seconds_count', { question, outcome });
    expect(questions('orders.get', 'OK')).toBe(1);
    expect(questions('orders.get', 'ORDER_NOT_FOUND')).toBe(1);
    expect(questions('transactions.wait', 'OK')).toBe(3);
  });

  it('count what could not be read, by its code', async () => {
    const families = await scrape();
    expect(sampleOf(families, 'ordo_requests_unreadable_total', { code: 'INVALID_REQUEST' })).toBe(1);
    expect(sampleOf(families, 'ordo_requests_unreadable_total', { code: 'INVALID_ID' })).toBe(1);
  });

  it('count transactions that have ended, with the code that aborted them', async () => {
    const families = await scrape();
    const ended = (outcome: string, code: string) =>
      sampleOf(families, 'ordo_transactions_ended_total', { operation: 'pay', outcome, code });
    expect(ended('committed', '-')).toBe(2);
    expect(ended('aborted', 'PAYMENT_DECLINED')).toBe(1);
    expect(sampleOf(families, 'ordo_transactions_open', { state: 'committing' })).toBe(0);
  });

  it('count what was announced and how many orders there are in each status', async () => {
    const families = await scrape();
    expect(sampleOf(families, 'ordo_announcements_total', { type: 'order.placed' })).toBe(3);
    expect(sampleOf(families, 'ordo_announcements_total', { type: 'order.paid' })).toBe(2);
    expect(sampleOf(families, 'ordo_orders', { status: 'paid' })).toBe(2);
    expect(sampleOf(families, 'ordo_orders', { status: 'pending' })).toBe(1);
  });

  it('add up: every step was written in one batch, and each batch was synced once', async () => {
    const families = await scrape();
    const steps = sampleOf(families, 'ordo_steps_total');
    expect(steps).toBeGreaterThan(20);
    expect(sampleOf(families, 'ordo_group_commit_steps_sum')).toBe(steps);
    expect(sampleOf(families, 'ordo_sync_duration_seconds_count')).toBe(
      sampleOf(families, 'ordo_group_commit_steps_count'),
    );
    expect(sampleOf(families, 'ordo_records_written_total')).toBeLessThanOrEqual(steps);
  });

  it('tell how full the node is, and how large its store', async () => {
    await service.eventually(
      async () => sampleOf(await scrape(), 'ordo_announcements_lag'),
      (lag) => lag === 0,
    );
    const families = await scrape();
    expect(sampleOf(families, 'ordo_actors_active')).toBe(service.node.host.load.actors);
    expect(sampleOf(families, 'ordo_mailbox_depth', { kind: 'command' })).toBe(0);
    expect(sampleOf(families, 'ordo_commands_waiting')).toBe(0);
    expect(sampleOf(families, 'ordo_leveldb_bytes')).toBeGreaterThan(10_000);
    expect(sampleOf(families, 'ordo_timers_due')).toBe(0);
    const { hits, misses } = service.node.host.load.lookups;
    expect(sampleOf(families, 'ordo_cache_lookups_total', { cache: 'actors', result: 'hit' })).toBe(hits);
    expect(sampleOf(families, 'ordo_cache_lookups_total', { cache: 'actors', result: 'miss' })).toBe(misses);
    expect(sampleOf(families, 'ordo_cache_lookups_total', { cache: 'revisions', result: 'hit' })).toBeGreaterThan(0);
  });

  it('tell of the process too, and can be scraped by many at once', async () => {
    const texts = await Promise.all(Array.from({ length: 5 }, () => service.node.metrics.text()));
    expect(new Set(texts).size).toBe(1);
    const families = readMetrics(texts[0] ?? '');
    expect(sampleOf(families, 'process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
    expect(families.has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
    expect(service.node.metrics.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('name no order, article, customer, transaction or request', async () => {
    const text = await service.node.metrics.text();
    expect(text).not.toMatch(/SO-\d|CUP|C-17/);
  });
});

describe('A metric that cannot be looked up', () => {
  it('is left out, is told of in the log, and keeps no other from being told', async () => {
    const failed: unknown[] = [];
    const metrics = new Metrics('1', (name, error) => failed.push([name, error]));
    const lookups = { hits: 0, misses: 0 };
    const broken = new Error('the index is damaged');
    const store = Object.assign(new MemoryStore(), { list: () => Promise.reject(broken) });
    const load = { commands: 3, messages: 0, actors: 0, waiting: 0, lookups };
    const clock = new SteppedClock();
    metrics.observe({ host: { load }, store, publisher: { lag: 0 }, clock, directory: '/nowhere' });
    const families = readMetrics(await metrics.text());
    expect(families.get('ordo_transactions_in_doubt')?.samples).toEqual([]);
    expect(families.get('ordo_leveldb_bytes')?.samples).toEqual([]);
    expect(sampleOf(families, 'ordo_mailbox_depth', { kind: 'command' })).toBe(3);
    expect(failed).toEqual([
      ['ordo_transactions_in_doubt', broken],
      ['ordo_transaction_oldest_age_seconds', broken],
    ]);
  });
});

describe('The metrics of a service with somebody who is silent', () => {
  beforeEach(async () => {
    service = await TestService.start({ settings: { participants: { payment: 'service:psp' } } });
  });

  afterEach(() => service.stop());

  it('tell of transactions in doubt by age, of what is asked again, and of the vote that did not come', async () => {
    const participant = new OutsideParticipant(service.client.connection, 'psp');
    await service.client.ask('stock.receive.CUP', { quantity: 100 });
    await service.client.order('place', 'SO-1', placing);
    const refused = service.client.refused('orders.pay.SO-1');
    await service.prepared('SO-1~1', 2);
    await service.clock.pass(3_000);
    const inDoubt = await scrape();
    expect(sampleOf(inDoubt, 'ordo_transactions_open', { state: 'preparing' })).toBe(1);
    expect(sampleOf(inDoubt, 'ordo_transaction_oldest_age_seconds', { state: 'preparing' })).toBe(3);
    expect(sampleOf(inDoubt, 'ordo_transactions_in_doubt', { older_than_seconds: '0' })).toBe(1);
    expect(sampleOf(inDoubt, 'ordo_transactions_in_doubt', { older_than_seconds: '10' })).toBe(0);
    expect(sampleOf(inDoubt, 'ordo_asks_repeated_total', { to: 'service:psp' })).toBe(1);
    expect(sampleOf(inDoubt, 'ordo_commands_waiting')).toBe(1);

    expect((await service.pass(10_000, refused)).body.code).toBe('TRANSACTION_ABORTED');
    const aborted = await service.eventually(
      scrape,
      (families) =>
        families
          .get('ordo_timer_lateness_seconds')
          ?.samples.some(({ name, value }) => name.endsWith('_count') && value > 0) === true,
    );
    expect(sampleOf(aborted, 'ordo_transactions_open', { state: 'aborting' })).toBe(1);
    expect(sampleOf(aborted, 'ordo_transaction_oldest_age_seconds', { state: 'preparing' })).toBe(0);

    await service.client.ask('transactions.resolve.SO-1=7E1', {
      branch: 'payment',
      outcome: 'aborted',
      by: 'ann',
      reason: 'gone',
    });
    const resolved = await service.eventually(
      scrape,
      (families) => sampleOf(families, 'ordo_heuristic_resolutions_total', { outcome: 'aborted' }) === 1,
    );
    expect(
      sampleOf(resolved, 'ordo_transactions_ended_total', {
        operation: 'pay',
        outcome: 'aborted',
        code: 'PREPARE_TIMEOUT',
      }),
    ).toBe(1);
    participant.stop();
  });

  it('tell of asks that nobody listens to', async () => {
    await service.client.ask('stock.receive.CUP', { quantity: 100 });
    await service.client.order('place', 'SO-1', placing);
    const refused = service.client.refused('orders.pay.SO-1');
    await service.eventually(
      async () => sampleOf(await scrape(), 'ordo_messages_dropped_total', { kind: 'no_responders' }),
      (dropped) => dropped > 0,
    );
    await service.pass(10_000, refused);
  });
});
