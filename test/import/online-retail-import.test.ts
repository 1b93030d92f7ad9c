import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../src/demo/random.ts';
import { differencesOf } from '../../src/import/differences.ts';
import { readExpectation } from '../../src/import/online-retail/expectation.ts';
import { importPlan, planFile } from '../../src/import/online-retail/import.ts';
import type { Plan } from '../../src/import/online-retail/plan.ts';
import { noProgress } from '../../src/import/progress.ts';
import { ServiceGone } from '../../src/import/service.ts';
import { FakeService, type Fate } from './fake-service.ts';
import { type GeneratedFile, generateOnlineRetail } from './online-retail-generator.ts';
import { sharedData } from './shared-data.ts';

type Made = { made: GeneratedFile; plan: Plan };

async function plan(seed: number): Promise<Made> {
  const made = generateOnlineRetail(seed);
  return { made, plan: await planFile(Readable.from([made.csv])) };
}

function options(stop = new AbortController().signal, concurrency = 16) {
  return { concurrency, stop, progress: noProgress };
}

/** Runs until a run gets through: each time the service is gone, the same command is given again. */
async function untilThrough(service: FakeService, { plan, made }: Made) {
  for (let run = 1; ; run += 1) {
    try {
      const expected = { ...made.statistics, as_placed: made.asPlaced };
      return { run, report: await importPlan(plan, service, options(), expected) };
    } catch (error) {
      if (!(error instanceof ServiceGone)) throw error;
    }
  }
}

/** What the service did, whatever the order. */
function deeds(service: FakeService): string[] {
  return service.done.map(({ name, key, requestId }) => `${name} ${key} ${requestId}`).sort();
}

describe('an import of a made-up file', () => {
  it.each([1, 2, 3])(
    'leaves in the service what the generator put in, and everything adds up (seed %i)',
    async (seed) => {
      const given = await plan(seed);
      const service = new FakeService();
      const { report } = await untilThrough(service, given);
      expect(report.execution?.failures).toEqual([]);
      expect(report.differences).toEqual([]);
      expect(report.service?.asPlaced).toEqual(given.made.asPlaced);
      expect(report.service?.statuses).toEqual({ completed: given.made.asPlaced.orders });
      expect(report.service?.disagreements).toEqual([]);
      expect(report.ok).toBe(true);
    },
  );

  it('keeps no more orders under way than it is told to', async () => {
    const { plan: planned } = await plan(4);
    const service = new FakeService();
    await importPlan(planned, service, options(undefined, 5), undefined);
    expect(service.mostUnderWay).toBe(5);
  });

  it('does nothing when it is run again', async () => {
    const given = await plan(5);
    const service = new FakeService();
    await untilThrough(service, given);
    const before = deeds(service);
    const { report } = await untilThrough(service, given);
    expect(deeds(service)).toEqual(before);
    expect(report.execution?.found).toBe(given.made.asPlaced.orders);
    expect(report.ok).toBe(true);
  });

  it.each([11, 12, 13, 14, 15, 16])(
    'does the same, once, however often the service is killed in between (seed %i)',
    async (seed) => {
      const given = await plan(seed);
      const smooth = new FakeService();
      await untilThrough(smooth, given);
      const random = seeded(seed);
      const killed = new FakeService();
      killed.fate = (): Fate => {
        const chance = random();
        return chance < 0.01 ? 'lost' : chance < 0.02 ? 'answerLost' : 'answered';
      };
      const { run, report } = await untilThrough(killed, given);
      expect(run).toBeGreaterThan(1);
      expect(report.ok).toBe(true);
      expect(deeds(killed)).toEqual(deeds(smooth));
    },
  );

  it('can be stopped at any moment, says that it is not complete, and goes on where it ended', async () => {
    const given = await plan(6);
    const smooth = new FakeService();
    await untilThrough(smooth, given);
    const service = new FakeService();
    for (let stopAfter = 20; ; stopAfter += 40) {
      const stop = new AbortController();
      let sent = 0;
      service.fate = () => {
        sent += 1;
        if (sent === stopAfter) stop.abort();
        return 'answered';
      };
      const report = await importPlan(given.plan, service, options(stop.signal), undefined);
      if (!stop.signal.aborted) break;
      expect(report.ok).toBe(false);
      expect(report.service).toBeNull();
      expect(service.underWay).toBe(0);
    }
    service.fate = () => 'answered';
    const { report } = await untilThrough(service, given);
    expect(report.ok).toBe(true);
    expect(deeds(service)).toEqual(deeds(smooth));
  });

  it('tries again under a new id when a participant did not vote in time', async () => {
    const given = await plan(7);
    const service = new FakeService();
    const order = given.plan.orders[0]?.order.id ?? '';
    service.abortOnce(`import/${order}/pay`, 'PREPARE_TIMEOUT');
    const { report } = await untilThrough(service, given);
    expect(report.ok).toBe(true);
    expect(service.done.filter((each) => each.key === order && each.name === 'pay')).toEqual([
      { name: 'pay', key: order, requestId: `import/${order}/pay/2` },
    ]);
  });

  it('goes on with the other orders when one is refused, and says which', async () => {
    const given = await plan(8);
    const service = new FakeService();
    const order = given.plan.orders[0]?.order.id ?? '';
    service.abortOnce(`import/${order}/pay`, 'PAYMENT_DECLINED');
    const report = await importPlan(given.plan, service, options(), undefined);
    expect(report.execution?.failures).toMatchObject([{ order, command: 'pay', code: 'TRANSACTION_ABORTED' }]);
    expect(report.ok).toBe(false);
    expect(report.service?.statuses).toMatchObject({ completed: given.made.asPlaced.orders - 1 });
    expect(report.differences.map((each) => each.figure)).toContain('as_placed.captured');
  });

  it('leaves an order alone that another one has the number of', async () => {
    const given = await plan(9);
    const service = new FakeService();
    const planned = given.plan.orders[0]?.order;
    const body = { customer: 'somebody', currency: 'GBP', digits: 3, fees: [{ code: 'X', amount: 1 }] };
    const placed = { ...body, placedAt: planned?.placedAt ?? '' };
    await service.command('place', planned?.id ?? '', placed, 'theirs');
    const report = await importPlan(given.plan, service, options(), undefined);
    expect(report.execution?.failures).toMatchObject([{ order: planned?.id, code: 'ORDER_DIFFERS' }]);
    expect(report.ok).toBe(false);
  });

  it('says so when the file does not come to the figures that were expected of it', async () => {
    const given = await plan(10);
    const expectation = { ...given.made.statistics, lines: 1, as_placed: { ...given.made.asPlaced, orders: 2 } };
    const report = await importPlan(given.plan, new FakeService(), options(), expectation);
    expect(report.differences.map((each) => [each.figure, each.expected])).toEqual([
      ['lines', '1'],
      ['as_placed.orders', '2'],
    ]);
    expect(report.ok).toBe(false);
  });

  it('sees goods that are on the shelf and should not be', async () => {
    const given = await plan(17);
    const service = new FakeService();
    await service.receiveStock('15056bl', 3, 'somebody', 'theirs');
    const report = await importPlan(given.plan, service, options(), undefined);
    expect(report.service?.disagreements).toEqual([
      expect.stringMatching(/^article 15056bl: 11 received, but 3 on hand/),
    ]);
    expect(report.ok).toBe(false);
  });
});

describe.skipIf(sharedData.missing)(`an import of the real set${sharedData.reason}`, () => {
  it.each(['uci_customers.csv', 'uci_window.csv'])('leaves in the service what is expected of %s', async (name) => {
    const planned = await planFile(createReadStream(join(sharedData.onlineRetail, name)));
    const expectation = await readExpectation(join(sharedData.onlineRetail, 'expected_stats.json'), name);
    const report = await importPlan(planned, new FakeService(), options(), expectation);
    expect(report.execution?.failures).toEqual([]);
    expect(report.differences).toEqual([]);
    expect(report.ok).toBe(true);
  });
});

describe('comparing figures', () => {
  it('takes a figure that is left out for 0, on either side', () => {
    expect(differencesOf({ a: 0, group: { b: 1 } }, { c: 0 }, 's')).toEqual([
      { figure: 'group.b', expected: '1', found: '0', source: 's' },
    ]);
    expect(differencesOf({}, { group: { b: 1 } }, 's')).toHaveLength(1);
  });
});
