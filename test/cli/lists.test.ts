import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine } from '../fixtures/command-line.ts';
import { orderView } from '../fixtures/views.ts';

let ordo: CommandLine;

beforeAll(async () => {
  ordo = await CommandLine.start();
});
afterAll(() => ordo.stop());
afterEach(() => ordo.quiet());

interface Asked {
  readonly limit?: number;
  readonly cursor?: string;
  readonly after?: number;
}

/** Serves so many orders; a page holds at most so many, whatever is asked. */
async function serveOrders(count: number, mostAtOnce = 500): Promise<void> {
  await ordo.serve(({ body }) => {
    const { limit = 50, cursor } = body as Asked;
    const first = Number(cursor ?? 0);
    const end = Math.min(count, first + Math.min(limit, mostAtOnce));
    const orders = Array.from({ length: end - first }, (_, index) => orderView({ id: `SO-${first + index + 1}` }));
    return { orders, cursor: end === count ? null : String(end) };
  });
}

/** Serves a history of so many entries. */
async function serveHistory(count: number): Promise<void> {
  await ordo.serve(({ body }) => {
    const { limit = 100, after = 0 } = body as Asked;
    const entries = Array.from({ length: Math.max(0, Math.min(count - after, limit)) }, (_, index) => ({
      seq: after + index + 1,
      at: '2010-12-01T08:26:00.123Z',
      event: { type: 'note', text: 'x' },
      by: 'ann',
      cause: null,
      from: { life: 'open', payment: 'unpaid' },
      to: { life: 'open', payment: 'paid' },
    }));
    return { entries };
  });
}

describe('a list of orders', () => {
  it('is a table with money, currency and age', async () => {
    await serveOrders(1);
    const { output, errors, received } = await ordo.run(['list', '--status', 'paid', '--customer', 'C-17']);
    expect(output).toBe(`\
order  status  customer      total  outstanding  fulfillment  placed
SO-1   paid    C-17      33.30 GBP         0.00  unfulfilled  34m ago
`);
    expect(errors).toBe('');
    expect(received).toEqual([['orders.list', { status: 'paid', customer: 'C-17' }]]);
  });

  it('says on standard error that there is more, and how to go on', async () => {
    await serveOrders(60);
    const { output, errors, received } = await ordo.run(['list']);
    expect(output.split('\n')).toHaveLength(52);
    expect(errors).toBe('There are more: go on with --cursor 50, or take --all.\n');
    expect(received).toHaveLength(1);
    const rest = await ordo.run(['list', '--cursor', '50']);
    expect(rest.output).toContain('SO-60');
    expect(rest.errors).toBe('');
  });

  it('takes as many pages as --limit needs', async () => {
    await serveOrders(1_200, 300);
    const { output, received } = await ordo.run(['list', '--limit', '700', '--json']);
    expect(JSON.parse(output)).toMatchObject({ orders: { length: 700 }, cursor: '700' });
    expect(received.map(([, body]) => body)).toEqual([
      { limit: 500 },
      { limit: 400, cursor: '300' },
      { limit: 100, cursor: '600' },
    ]);
  });

  it('takes all pages with --all, and prints an object a line with --ndjson', async () => {
    await serveOrders(1_200);
    const { output, errors } = await ordo.run(['list', '--all', '--ndjson']);
    const ids = output
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id);
    expect([ids.length, ids[0], ids.at(-1), errors]).toEqual([1_200, 'SO-1', 'SO-1200', '']);
  });

  it('prints the answer as it is with --json, and nothing beside it', async () => {
    await serveOrders(60);
    const { output, errors } = await ordo.run(['list', '--json']);
    expect(JSON.parse(output)).toMatchObject({ orders: { length: 50 }, cursor: '50' });
    expect(errors).toBe('');
  });

  it('prints nothing where there is nothing, and says on standard error how to begin', async () => {
    await serveOrders(0);
    const { output, errors, exitCode } = await ordo.run(['list']);
    expect({ output, exitCode }).toEqual({ output: '', exitCode: 0 });
    expect(errors).toMatch(/^There are no orders yet\. Place one with `ordo place`/);
    expect((await ordo.run(['list', '--customer', 'nobody'])).errors).toMatch(/^No order is like this/);
  });

  it.each([
    [['--all', '--limit', '3'], '--all and --limit'],
    [['--json', '--ndjson'], '--json and --ndjson'],
    [['--status', 'payed'], 'Allowed choices are pending, paid'],
  ])('refuses %j', async (flags, why) => {
    const { exitCode, errors } = await ordo.run(['list', ...flags]);
    expect(exitCode).toBe(2);
    expect(errors).toContain(why);
  });
});

describe('a history', () => {
  it('is a table with what became of the order', async () => {
    await serveHistory(1);
    expect((await ordo.run(['history', 'SO-1'])).output).toBe(`\
seq  at                       event  by   became        with
  1  2010-12-01 09:26:00.123  note   ann  payment paid  text=x
`);
  });

  it('goes on after the last entry, to the end with --all', async () => {
    await serveHistory(650);
    expect((await ordo.run(['history', 'SO-1'])).errors).toMatch(/go on with --after 100, or take --all/);
    const { output, received } = await ordo.run(['history', 'SO-1', '--after', '50', '--all', '--json']);
    expect(JSON.parse(output)).toMatchObject({ entries: { length: 600 } });
    expect(received.slice(1).map(([, body]) => body)).toEqual([
      { after: 50, limit: 500 },
      { after: 550, limit: 500 },
    ]);
  });

  it('says so where nothing came after an entry', async () => {
    await serveHistory(3);
    const { output, errors } = await ordo.run(['history', 'SO-1', '--after', '3']);
    expect([output, errors]).toEqual(['', 'Nothing has happened to SO-1 after entry 3.\n']);
  });
});
