import { spawn } from 'node:child_process';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { planFile } from '../../src/import/online-retail/import.ts';
import { asPlaced } from '../../src/import/online-retail/plan.ts';
import { generateOnlineRetail } from './online-retail-generator.ts';
import { sharedData, xzMissing } from './shared-data.ts';

const seeds = [1, 2, 3, 4, 5];

describe('the plan for a made-up file', () => {
  it.each(seeds)('has the figures that the generator put in (seed %i)', async (seed) => {
    const made = generateOnlineRetail(seed);
    const plan = await planFile(Readable.from([made.csv]));
    expect(plan.statistics).toEqual(made.statistics);
    expect(asPlaced(plan)).toEqual(made.asPlaced);
    expect(plan.priceDifferences).toEqual(made.priceDifferences);
    expect(plan.unknownInvoices).toEqual([]);
  });

  it.each(seeds)(
    'takes back what the generator meant to come back, one command an invoice and order (seed %i)',
    async (seed) => {
      const made = generateOnlineRetail(seed);
      const plan = await planFile(Readable.from([made.csv]));
      const returns = plan.orders.flatMap((each) => each.returns);
      expect(new Map(returns.map((each) => [`${each.invoice}/${each.order}`, each.units]))).toEqual(made.returns);
      for (const { lines } of returns) expect(new Set(lines.map((line) => line.line)).size).toBe(lines.length);
    },
  );

  it.each(seeds)("reads an order's earliest time as London time, in winter and in summer (seed %i)", async (seed) => {
    const made = generateOnlineRetail(seed);
    const plan = await planFile(Readable.from([made.csv]));
    expect(new Map(plan.orders.map(({ order }) => [order.id, order.placedAt]))).toEqual(made.placedAt);
  });

  it('needs of each article what all its orders sell of it, codes that differ by case apart', async () => {
    const made = generateOnlineRetail(6);
    const plan = await planFile(Readable.from([made.csv]));
    expect([plan.stock.get('15056BL'), plan.stock.get('15056bl'), plan.stock.get('90214 A')]).toEqual([7, 11, 1]);
    expect([...plan.stock.values()].reduce((sum, quantity) => sum + quantity, 0)).toBe(made.asPlaced.goods_units);
  });

  it('gathers an invoice whose rows do not stand together into one order, its lines numbered in row order', async () => {
    const plan = await planFile(Readable.from([generateOnlineRetail(7).csv]));
    const order = plan.orders.find((each) => each.order.customer === '12994')?.order;
    expect(order?.lines.map(({ line, sku }) => [line, sku])).toEqual([
      [1, '22001'],
      [2, '22002'],
      [3, '22003'],
    ]);
  });

  it('is the same however the file is cut into chunks', async () => {
    const { csv } = generateOnlineRetail(8);
    const bytes = Buffer.from(csv);
    const chunks = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, i) => bytes.subarray(i * 7, i * 7 + 7));
    expect(await planFile(Readable.from(chunks))).toEqual(await planFile(Readable.from([csv])));
  });
});

function expectedStats(key: string): Record<string, unknown> {
  const all = JSON.parse(readFileSync(join(sharedData.onlineRetail, 'expected_stats.json'), 'utf8'));
  return (all as Record<string, Record<string, unknown>>)[key] ?? {};
}

describe.skipIf(sharedData.missing)(`the plan for the real set${sharedData.reason}`, () => {
  it.each(['uci_customers.csv', 'uci_window.csv'])('has every expected figure of %s', async (name) => {
    const plan = await planFile(createReadStream(join(sharedData.onlineRetail, name)));
    expect({ ...plan.statistics, as_placed: asPlaced(plan) }).toEqual(expectedStats(name));
  });

  it.skipIf(xzMissing)(
    `has every expected figure of the whole set${xzMissing ? ' (skipped: xz is not installed)' : ''}`,
    async () => {
      const xz = spawn('xz', ['-dc', join(sharedData.onlineRetail, 'online_retail.csv.xz')]);
      const plan = await planFile(xz.stdout);
      expect({ ...plan.statistics, as_placed: asPlaced(plan) }).toEqual(expectedStats('uci_full'));
      expect(plan.priceDifferences).toEqual({ lines: 319, net: 51_780 });
    },
    180_000,
  );
});
