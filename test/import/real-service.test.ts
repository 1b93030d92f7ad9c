import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectClient } from '../../src/client/index.ts';
import { planFile } from '../../src/import/online-retail/import.ts';
import { startTestNats, type TestNats } from '../fixtures/nats.ts';
import { firstOrders } from './first-orders.ts';
import { Milestones } from './milestones.ts';
import { generateOnlineRetail } from './online-retail-generator.ts';
import { generateOrderLog } from './order-management-generator.ts';
import { OrdoProcess } from './ordo-process.ts';
import { sharedData } from './shared-data.ts';

let directory = '';
const path = (name: string): string => join(directory, name);
const ends: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ordo-import-'));
});

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await rm(directory, { recursive: true });
});

/** Starts a process that does not outlive the test. */
function ordo(...args: string[]): OrdoProcess {
  const started = new OrdoProcess(args);
  ends.push(() => started.end('SIGKILL'));
  return started;
}

async function serve(nats: string): Promise<OrdoProcess> {
  const service = ordo('serve', '--data', path('data'), '--nats', nats, '--log', 'warn');
  await service.says('ready ');
  return service;
}

async function testNats(): Promise<TestNats> {
  const nats = await startTestNats();
  ends.push(() => nats.stop());
  return nats;
}

/** Waits for an import's end, and gives its report. */
async function reportOf(run: OrdoProcess) {
  const { code, out, err } = await run.ended;
  if (out === '') throw new Error(`The import has ended with ${code} and no report: ${err}`);
  const report = JSON.parse(out);
  const { ok, differences, service } = report;
  const { disagreements, otherOrders } = service;
  expect({ ok, differences, disagreements, otherOrders, code }).toEqual({
    ok: true,
    differences: [],
    disagreements: [],
    otherOrders: 0,
    code: 0,
  });
  return report;
}

/** A made-up file, written down with the figures that must come out. */
async function madeUpFile(seed: number, ordinaryOrders?: number) {
  const made = generateOnlineRetail(seed, ordinaryOrders);
  await writeFile(path('made.csv'), made.csv);
  await writeFile(
    path('expected.json'),
    JSON.stringify({ 'made.csv': { ...made.statistics, as_placed: made.asPlaced } }),
  );
  return { made, csv: path('made.csv'), expect: path('expected.json') };
}

/** What is done to the processes when so many actors have announced something. */
type Blow = { readonly at: readonly [announced: string, actors: number]; readonly kill: 'both' | 'service' | 'import' };

/** Runs an import, deals it the blows, each time starts again what was killed, and gives the last run's report. */
async function importThrough(blows: readonly Blow[], ...args: string[]) {
  const nats = await testNats();
  const milestones = new Milestones(nats.connection);
  let service = await serve(nats.url);
  let run = ordo('import', ...args, '--nats', nats.url, '--json');
  for (const { at, kill } of blows) {
    const ended = await Promise.race([milestones.reached(...at), run.ended]);
    if (ended !== undefined) throw new Error(`The import has ended with ${ended.code} before ${at}: ${ended.err}`);
    const killed = [...(kill === 'import' ? [] : [service]), ...(kill === 'service' ? [] : [run])];
    await Promise.all(killed.map((each) => each.end('SIGKILL')));
    if (kill !== 'import') service = await serve(nats.url);
    if (kill !== 'service') run = ordo('import', ...args, '--nats', nats.url, '--json');
  }
  return { nats, report: await reportOf(run) };
}

/** Every charge and refund of every order, as the payments have them. */
async function moneyMoved(nats: TestNats, orders: readonly string[]) {
  const client = await connectClient({ connection: nats.connection });
  const moved = new Map<string, { charges: number[]; refunds: number[] }>();
  for (const order of orders) {
    const { entries } = await client.call('payments.get', order, {});
    const amounts = (kind: string) => entries.filter((each) => each.kind === kind).map(({ amount }) => amount);
    moved.set(order, { charges: amounts('charge'), refunds: amounts('refund').sort() });
  }
  await client.close();
  return moved;
}

/** The same, as the file has it. */
async function moneyPlanned(csv: string) {
  const { orders } = await planFile(Readable.from([await readFile(csv)]));
  return new Map(
    orders.map(({ order, returns }) => [
      order.id,
      {
        charges: order.total === 0 ? [] : [order.total],
        refunds: returns.flatMap(({ refund }) => (refund === 0 ? [] : [refund])).sort(),
      },
    ]),
  );
}

/** For a machine that has much else to do; on two idle cores the slowest of these takes half a minute. */
const patient = { timeout: 240_000 };

describe('an import into the real service', patient, () => {
  it('brings a made-up file in, and all of it is found there; run again, it does nothing', async () => {
    const { made, csv, expect: figures } = await madeUpFile(31);
    const args = ['import', 'online-retail', csv, '--expect', figures, '--data', path('data'), '--json'];
    const first = await reportOf(ordo(...args));
    expect(first.service.asPlaced).toEqual(made.asPlaced);
    expect(first.execution.found).toBe(0);
    const second = await reportOf(ordo(...args));
    expect(second.execution.found).toBe(made.asPlaced.orders);
    expect(second.service).toEqual(first.service);
  });

  it('replays a made-up log, and it comes out as the generator meant it', async () => {
    const log = generateOrderLog(31);
    await writeFile(path('log.json.gz'), log.gzipped);
    const report = await reportOf(
      ordo('import', 'order-management', path('log.json.gz'), '--data', path('data'), '--json'),
    );
    expect(report.service.figures).toMatchObject({ completed: log.orders, paid: log.orders, ships: log.ships });
    expect(report.replay).toMatchObject({ outOfStock: log.outOfStock, deliveredBeforePaid: log.deliveredBeforePaid });
  });

  it('comes out the same, with no double, when service and import are killed in the middle and run again', async () => {
    const { made, csv, expect: figures } = await madeUpFile(32, 60);
    const { orders } = made.asPlaced;
    const blows: Blow[] = [
      { at: ['stock changed', 100], kill: 'both' },
      { at: ['order paid', Math.ceil(orders * 0.3)], kill: 'both' },
      { at: ['order completed', Math.ceil(orders * 0.7)], kill: 'import' },
    ];
    const { nats, report } = await importThrough(blows, 'online-retail', csv, '--expect', figures);
    expect(report.service.asPlaced).toEqual(made.asPlaced);
    const planned = await moneyPlanned(csv);
    expect(await moneyMoved(nats, [...planned.keys()])).toEqual(planned);
  });

  it('says within seconds that nobody is there to import into', async () => {
    const { csv } = await madeUpFile(34);
    const nats = await testNats();
    const { code, err } = await ordo('import', 'online-retail', csv, '--nats', nats.url).ended;
    expect(code).toBe(5);
    expect(err).toMatch(/NO_RESPONDERS/);
  });

  it('replays a log to the same end when service and replay are killed in the middle and run again', async () => {
    const log = generateOrderLog(33, 60);
    await writeFile(path('log.json.gz'), log.gzipped);
    const blows: Blow[] = [{ at: ['order completed', 30], kill: 'both' }];
    const { report } = await importThrough(blows, 'order-management', path('log.json.gz'));
    expect(report.service.figures).toMatchObject({ completed: log.orders, paid: log.orders, ships: log.ships });
    expect(report.replay).toMatchObject({ outOfStock: log.outOfStock, deliveredBeforePaid: log.deliveredBeforePaid });
  });
});

describe.skipIf(sharedData.missing)(
  `an import of the real set into the real service${sharedData.reason}`,
  patient,
  () => {
    const figures = join(sharedData.onlineRetail, 'expected_stats.json');

    it('brings four trading days in with all their dirt, and everything adds up', async () => {
      const csv = join(sharedData.onlineRetail, 'uci_window.csv');
      await reportOf(ordo('import', 'online-retail', csv, '--expect', figures, '--data', path('data'), '--json'));
    });

    it('replays the first orders of the log, and it comes out as written there', async () => {
      const log = JSON.parse(gunzipSync(await readFile(sharedData.orderManagement)).toString());
      await writeFile(path('log.json'), JSON.stringify(firstOrders(log, 200)));
      const report = await reportOf(
        ordo('import', 'order-management', path('log.json'), '--data', path('data'), '--json'),
      );
      expect(report.service.figures).toMatchObject({ orders: 200, completed: 200, paid: 200 });
      expect(report.replay.outOfStock).toBeGreaterThan(50);
    });

    it('brings 105 customers in, though service and import are killed in the middle, together and each alone', async () => {
      const csv = join(sharedData.onlineRetail, 'uci_customers.csv');
      const blows: Blow[] = [
        { at: ['stock changed', 700], kill: 'both' },
        { at: ['order paid', 100], kill: 'both' },
        { at: ['order shipped', 200], kill: 'service' },
        { at: ['order completed', 300], kill: 'import' },
      ];
      const { nats } = await importThrough(blows, 'online-retail', csv, '--expect', figures);
      const planned = await moneyPlanned(csv);
      expect(await moneyMoved(nats, [...planned.keys()])).toEqual(planned);
    });
  },
);
