import { afterEach, describe, expect, it } from 'vitest';
import { MemoryStore } from '../../runtime/memory/store.ts';
import type { Store } from '../../runtime/ports.ts';
import { partLog } from '../../src/log.ts';
import { Lookout } from '../../src/observation/lookout.ts';
import { Observation } from '../../src/observation/observation.ts';
import { Seldom } from '../../src/observation/seldom.ts';
import { SteppedClock } from '../fixtures/stepped-clock.ts';
import { StoreProxy } from '../runtime/fixtures/store-proxy.ts';
import { TestService } from '../service/fixtures/test-service.ts';
import { NotedLog } from './fixtures/noted-log.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const placing = { customer: 'C-17', currency: 'GBP', lines: [{ sku: 'CUP', quantity: 2, unitPrice: 150 }] };
const DEBUG = 20;
const WARN = 40;

const ended: TestService[] = [];

afterEach(async () => {
  for (const service of ended.splice(0)) await service.stop();
});

async function started(noted: NotedLog, options: Parameters<typeof TestService.start>[0] = {}): Promise<TestService> {
  const service = await TestService.start({ log: noted.log, ...options });
  ended.push(service);
  return service;
}

describe('The log of requests', () => {
  it('has one line for each at debug: what, of which order, by which request, in which trace, with what outcome', async () => {
    const noted = new NotedLog('debug');
    const { client } = await started(noted);
    await client.order('place', 'SO-1', placing, {
      'Ordo-Request-Id': 'R-1',
      traceparent: `00-${TRACE}-00f067aa0ba902b7-01`,
    });
    await client.refused('orders.ship.SO-1');
    await client.ask('stock.get.CUP');
    await client.refused('orders.place.SO-2', {});
    const about = { level: DEBUG, part: 'api', durationMs: expect.any(Number) };
    expect(noted.lines('Answered')).toEqual([
      {
        ...about,
        msg: 'Answered',
        command: 'orders.place',
        order: 'SO-1',
        outcome: 'OK',
        requestId: 'R-1',
        traceId: TRACE,
      },
      { ...about, msg: 'Answered', command: 'orders.ship', order: 'SO-1', outcome: 'NOT_ACCEPTED' },
      { ...about, msg: 'Answered', question: 'stock.get', sku: 'CUP', outcome: 'OK' },
    ]);
    expect(noted.lines('Could not be read')).toMatchObject([{ command: 'orders.place', outcome: 'INVALID_REQUEST' }]);
  });

  it('says nothing at info of what went as it should', async () => {
    const noted = new NotedLog('info');
    const { client } = await started(noted);
    await client.order('place', 'SO-1', placing);
    await client.refused('orders.ship.SO-1');
    expect(noted.lines(/./).map(({ msg }) => msg)).toEqual(['Serving']);
  });

  it('tells at info whose request came to INTERNAL', async () => {
    /** An order whose record cannot be read any more. */
    class DamagedStore extends StoreProxy {
      override read(address: Parameters<Store['read']>[0]) {
        if (address === 'order/SO-1') throw new Error('the disk has forgotten it');
        return super.read(address);
      }
    }
    const noted = new NotedLog('info');
    const { client } = await started(noted, { openStore: async () => new DamagedStore(new MemoryStore()) });
    await client.refused('orders.note.SO-1', { text: 'hello' }, { 'Ordo-Request-Id': 'R-1' });
    expect(noted.lines('A request has come to nothing')).toMatchObject([
      { command: 'orders.note', order: 'SO-1', requestId: 'R-1', outcome: 'INTERNAL' },
    ]);
    expect(noted.lines(/A step has failed/)).toMatchObject([
      { part: 'runtime', address: 'order/SO-1', mail: 'command', event: 'note', cause: 'request:R-1' },
    ]);
  });

  it('holds no payment token, whatever becomes of the payment', async () => {
    const noted = new NotedLog('trace');
    const service = await started(noted);
    const { client } = service;
    const secret = 'tok_4242424242424242';
    const method = { provider: 'sandbox', token: secret };
    await client.ask('stock.receive.CUP', { quantity: 100 });
    await client.order('place', 'SO-1', placing);
    expect((await client.refused('orders.pay.SO-1', { method })).body.code).toBe('TRANSACTION_ABORTED');
    await client.refused('orders.pay.SO-1', { method: { ...method, provider: 'elsewhere' } });
    await client.refused('orders.pay.SO-1', { method, amount: 'all' });
    await client.refused('orders.pay.SO-1', { method, expectedVersion: 1 });
    await client.refused('orders.pay.SO-9', { method });
    await client.order('pay', 'SO-1');
    await client.refused('orders.pay.SO-1', { method });
    await service.restart();
    expect(noted.lines('Answered').length).toBeGreaterThan(6);
    expect(noted.text).not.toContain(secret);
  });
});

describe('The log warns', () => {
  it('of a disk that takes long, once in a while, and says how often meanwhile', () => {
    let now = 0;
    const seldom = new Seldom(10_000, () => now);
    const said: number[] = [];
    for (const at of [0, 1, 9_999, 10_000, 10_001, 30_000]) {
      now = at;
      seldom.say((kept) => said.push(kept));
    }
    expect(said).toEqual([0, 2, 1]);

    const noted = new NotedLog('info');
    const observation = new Observation({ version: '1', log: noted.log, prepareTimeoutMs: 10_000 });
    observation.batchWritten(1, 2, 99);
    observation.batchWritten(3, 4, 100.4);
    observation.batchWritten(5, 6, 200);
    expect(noted.lines(/./)).toEqual([
      {
        level: WARN,
        part: 'observation',
        msg: 'The disk was slow to take a write',
        durationMs: 100,
        actors: 3,
        steps: 4,
        kept: 0,
      },
    ]);
  });

  it('of a subject that NATS does not let through, and not of every message that is dropped', () => {
    const noted = new NotedLog('info');
    const observation = new Observation({ version: '1', log: noted.log, prepareTimeoutMs: 10_000 });
    observation.messageDropped('actors.order.SO-1', 'it is no message between actors');
    observation.messageDropped('actors.*.*', "'Permissions Violation for Subscription'");
    expect(noted.lines(/./)).toMatchObject([{ level: WARN, subject: 'actors.*.*' }]);
  });

  it('not of a transaction whose votes may still come', async () => {
    const noted = new NotedLog('info');
    const service = await started(noted, {
      settings: { participants: { payment: 'service:psp' }, prepareTimeoutMs: 600_000, retentionMs: 3_600_000 },
    });
    const { client } = service;
    const warned = () => noted.lines(/in doubt/);
    await client.ask('stock.receive.CUP', { quantity: 100 });
    await client.order('place', 'SO-1', placing);
    const refused = client.refused('orders.pay.SO-1');
    await service.prepared('SO-1~1', 2);
    await service.clock.pass(300_000);
    // It may still be waiting for a vote: that is no reason to call anybody.
    expect(warned()).toEqual([]);
    await client.ask('transactions.resolve.SO-1=7E1', { outcome: 'aborted', by: 'ann', reason: 'enough' });
    await service.pass(0, refused);
    await service.clock.pass(900_000);
    expect(warned()).toEqual([]);
  });

  it('of a transaction that has been in doubt for long, for as long as it is, and looks no longer', async () => {
    const clock = new SteppedClock();
    const noted = new NotedLog('info');
    const age = (ms: number) => ({ type: 'transaction', tag: 'inDoubt', at: clock.now() - ms });
    let inDoubt = [age(0)];
    const store = Object.assign(new MemoryStore(), {
      list: async () => inDoubt.map(({ at }) => ({ at, address: 'transaction/SO-1~1' })),
      counts: () => ({ 'state:committing': inDoubt.length }),
    }) as unknown as Store;
    const lookout = new Lookout({ store, publisher: { lag: 0 }, clock }, 10_000, partLog(noted.log, 'observation'));
    await clock.pass(60_000);
    expect(noted.lines(/./)).toEqual([]);
    await clock.pass(120_000);
    expect(noted.lines(/in doubt/)).toMatchObject([
      { address: 'transaction/SO-1~1', ageMs: 120_000, inDoubt: 1 },
      { address: 'transaction/SO-1~1', ageMs: 180_000, inDoubt: 1 },
    ]);
    inDoubt = [];
    await clock.pass(60_000);
    expect(clock.planned).toEqual([]);
    lookout.wake();
    lookout.wake();
    expect(clock.planned).toHaveLength(1);
    lookout.stop();
    lookout.wake();
    expect(clock.planned).toEqual([]);
  });

  it('that it could not look, where the store fails, and goes on once there is something new', async () => {
    const clock = new SteppedClock();
    const noted = new NotedLog('info');
    const list = async () => {
      throw new Error('the disk is gone');
    };
    const store = Object.assign(new MemoryStore(), { list });
    const lookout = new Lookout({ store, publisher: { lag: 0 }, clock }, 10_000, noted.log);
    await clock.pass(60_000);
    expect(noted.lines(/could not be looked up/)).toMatchObject([{ err: { message: 'the disk is gone' } }]);
    expect(clock.planned).toEqual([]);
    lookout.wake();
    await clock.pass(60_000);
    expect(noted.lines(/could not be looked up/)).toHaveLength(2);
    lookout.stop();
  });

  it('of announcements that pile up', async () => {
    const clock = new SteppedClock();
    const noted = new NotedLog('info');
    const lookout = new Lookout({ store: new MemoryStore(), publisher: { lag: 10_001 }, clock }, 10_000, noted.log);
    await clock.pass(60_000);
    expect(noted.lines(/pile up/)).toMatchObject([{ level: WARN, lag: 10_001 }]);
    lookout.stop();
  });
});
