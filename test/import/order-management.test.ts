import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../src/demo/random.ts';
import { figuresOf } from '../../src/import/order-management/figures.ts';
import { importLog } from '../../src/import/order-management/import.ts';
import { type OrderLog, readLog } from '../../src/import/order-management/log.ts';
import { type Action, scheduleOf } from '../../src/import/order-management/schedule.ts';
import { noProgress } from '../../src/import/progress.ts';
import { ServiceGone } from '../../src/import/service.ts';
import { FakeService, type Fate } from './fake-service.ts';
import { generateOrderLog } from './order-management-generator.ts';
import { sharedData } from './shared-data.ts';

const seeds = [1, 2, 3, 4, 5, 6];

function options(stop = new AbortController().signal) {
  return { concurrency: 32, stop, progress: noProgress };
}

function made(seed: number) {
  const generated = generateOrderLog(seed);
  return readLog(Readable.from([generated.gzipped])).then((log) => ({ generated, log }));
}

async function untilThrough(service: FakeService, log: OrderLog) {
  for (let run = 1; ; run += 1) {
    try {
      return { run, report: await importLog(log, service, options()) };
    } catch (error) {
      if (!(error instanceof ServiceGone)) throw error;
    }
  }
}

/** Plays receipts and shipments on bare shelves; counts shipments that meet the wrong shelf. */
function playShelves(schedule: readonly Action[]) {
  const shelves = new Map<string, number>();
  const wrong: string[] = [];
  const move = (product: string, by: number): number => {
    const left = (shelves.get(product) ?? 0) + by;
    shelves.set(product, left);
    return left;
  };
  for (const action of schedule) {
    if (action.do === 'receive') move(action.product, action.quantity);
    if (action.do === 'shipMissing' && move(action.item.product, 0) > 0) wrong.push(`${action.id} finds goods`);
    if (action.do !== 'ship') continue;
    for (const item of action.items) if (move(item.product, -1) < 0) wrong.push(`${action.id} finds none`);
  }
  return { wrong, left: [...shelves.values()].filter((quantity) => quantity !== 0) };
}

describe('the schedule of a made-up log', () => {
  it.each(seeds)(
    'meets an empty shelf whenever the log does, and a full one for every package (seed %i)',
    async (seed) => {
      const { log, generated } = await made(seed);
      const schedule = scheduleOf(log);
      expect(playShelves(schedule)).toEqual({ wrong: [], left: [] });
      expect(schedule.filter((action) => action.do === 'shipMissing')).toHaveLength(generated.outOfStock);
      expect(generated.outOfStock).toBeGreaterThan(3);
    },
  );

  it.each(seeds)('has one receipt of one piece for every reorder, and none before it (seed %i)', async (seed) => {
    const { log } = await made(seed);
    const schedule = scheduleOf(log);
    const reorders = log.events.filter((event) => event.type === 'reordered');
    for (const { id, time } of reorders) {
      const at = schedule.findIndex((action) => action.id === id);
      expect(schedule[at]).toMatchObject({ do: 'receive', quantity: 1, by: 'Nina' });
      const earlier = new Set(log.events.filter((event) => event.time < time).map((event) => event.id));
      expect(schedule.findLastIndex((each) => each.do !== 'receive' && earlier.has(each.id))).toBeLessThan(at);
    }
    expect(schedule.filter((action) => action.id.startsWith('reorder_'))).toHaveLength(reorders.length);
  });

  it('takes events in order of time, though the file has them by type', async () => {
    const { log } = await made(7);
    const times = log.events.map((event) => event.time);
    expect(times).toEqual(times.toSorted());
  });
});

describe('the replay of a made-up log', () => {
  it.each(seeds)('comes out as the generator meant it (seed %i)', async (seed) => {
    const { log, generated } = await made(seed);
    const report = await importLog(log, new FakeService(), options());
    expect(report.replay?.failures).toEqual([]);
    expect(report.differences).toEqual([]);
    expect(report.ok).toBe(true);
    expect(report.log).toMatchObject({
      orders: generated.orders,
      items: generated.items,
      ships: generated.ships,
      failed_deliveries: generated.failedDeliveries,
      out_of_stock: generated.outOfStock,
      delivered_before_paid: generated.deliveredBeforePaid,
      paid_15_days_after_delivery: generated.paidLate,
    });
    expect(report.service?.figures).toMatchObject({ completed: generated.orders, paid: generated.orders });
  });

  it.each([21, 22, 23, 24])(
    'comes out the same however often the service is killed in between (seed %i)',
    async (seed) => {
      const { log } = await made(seed);
      const smooth = new FakeService();
      await untilThrough(smooth, log);
      const random = seeded(seed);
      const killed = new FakeService();
      killed.fate = (): Fate => {
        const chance = random();
        return chance < 0.005 ? 'lost' : chance < 0.01 ? 'answerLost' : 'answered';
      };
      const { run, report } = await untilThrough(killed, log);
      expect(run).toBeGreaterThan(1);
      expect(report.ok).toBe(true);
      expect(killed.done.map((each) => `${each.key} ${each.requestId}`).sort()).toEqual(
        smooth.done.map((each) => `${each.key} ${each.requestId}`).sort(),
      );
    },
  );

  it('says so when the shelf is not as empty as the log found it', async () => {
    const { log } = await made(1);
    const service = new FakeService();
    for (const product of ['Echo', 'Kindle', 'iPad mini']) await service.receiveStock(product, 9, 'somebody', 'theirs');
    const report = await importLog(log, service, options());
    expect(report.replay?.failures.map((failure) => failure.code)).toContain('NOT_OUT_OF_STOCK');
    expect(report.ok).toBe(false);
  });
});

describe('reading a log', () => {
  it.each([
    ['is not JSON', 'no log'],
    ['is not OCEL 2.0', '{"events":[{"id":1}]}'],
    [
      'refers to an order that is not there',
      JSON.stringify({
        objects: [],
        events: [
          {
            id: 'e',
            type: 'pay order',
            time: '2023-01-01T00:00:00Z',
            relationships: [{ objectId: 'o', qualifier: 'order' }],
          },
        ],
      }),
    ],
  ])('refuses one that %s', async (_, text) => {
    await expect(readLog(Readable.from([Buffer.from(text)]))).rejects.toMatchObject({ code: 'LOG_INVALID' });
  });

  it('refuses a gzip file that is cut short', async () => {
    const { gzipped } = generateOrderLog(1);
    await expect(readLog(Readable.from([gzipped.subarray(0, 500)]))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});

describe.skipIf(sharedData.missing)(`the real log${sharedData.reason}`, () => {
  const read = () => readLog(createReadStream(sharedData.orderManagement));

  it('has the figures that are known of it', async () => {
    expect(figuresOf(await read())).toEqual({
      orders: 2000,
      items: 7659,
      total: '4761909.99',
      fees: '10000.00',
      packages: 1128,
      ships: 4264,
      failed_deliveries: 311,
      out_of_stock: 1544,
      reordered: 1544,
      payment_reminders: 566,
      orders_in_several_packages: 1478,
      packages_of_several_orders: 1061,
      orders_sent_before_paid: 1484,
      delivered_before_paid: 788,
      paid_15_days_after_delivery: 248,
    });
  });

  it('finds every shelf empty that the log found empty', async () => {
    expect(playShelves(scheduleOf(await read()))).toEqual({ wrong: [], left: [] });
  });

  it('is replayed with all orders completed and paid', async () => {
    const report = await importLog(await read(), new FakeService(), options());
    expect(report.replay).toMatchObject({ complete: true, outOfStock: 1544, deliveredBeforePaid: 788, failures: [] });
    expect(report.service?.figures).toMatchObject({ completed: 2000, paid: 2000, ships: 4264, failed_deliveries: 311 });
    expect(report.ok).toBe(true);
  }, 60_000);
});
