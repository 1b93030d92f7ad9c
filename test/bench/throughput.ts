import type { NatsConnection } from 'nats';
import { type Figure, figureOf, type Row } from './figures.ts';
import { drive, type LoadResult } from './load.ts';
import { command, orderBody, series } from './requests.ts';

const SECTION = 'Commands over NATS, every answer after its sync';
/** What the design measured for its echo and its best single-process bare loop at 64 in flight, in commands/s. */
const DESIGN = { echo: 140_000, bare: 33_600 };
/** Articles for whatever is not about one of them. */
const ARTICLES = 100;

/** How many of each are sent in one round, by how many are in flight. */
interface Size {
  readonly inFlight: number;
  readonly commands: number;
  readonly payments: number;
}

export interface ThroughputOptions {
  readonly connection: NatsConnection;
  readonly rounds: number;
  /** 1 for the real thing; less for a quick look. */
  readonly scale: number;
  readonly say: (text: string) => void;
}

type Kind = 'echo' | 'bare place' | 'bare note' | 'place' | 'note' | 'pay' | 'hot pay';

/** Measures floors and service by turns, so that whatever else the machine does meets them all. */
export async function measureThroughput(options: ThroughputOptions): Promise<readonly Row[]> {
  const { connection, scale } = options;
  const sizes: readonly Size[] = [
    { inFlight: 1, commands: 2_000 * scale, payments: 600 * scale },
    { inFlight: 64, commands: 20_000 * scale, payments: 6_000 * scale },
    { inFlight: 512, commands: 20_000 * scale, payments: 6_000 * scale },
  ];
  await fillShelves(connection);
  const rows: Row[] = [];
  for (const size of sizes) rows.push(...rowsOf(size.inFlight, await measure(options, size)));
  return rows;
}

async function fillShelves(connection: NatsConnection): Promise<void> {
  const shelves = [...series(ARTICLES, article), 'HOT'];
  const receive = shelves.map((sku) => command(`stock.receive.${sku}`, { quantity: 1_000_000_000 }, `fill ${sku}`));
  const result = await drive(connection, 8, receive);
  if (result.failed > 0) throw new Error(`The shelves could not be filled: ${result.firstFailure}`);
}

function article(index: number): string {
  return `ART-${index % ARTICLES}`;
}

/** The results of each kind, round by round. The first round only warms up. */
async function measure(
  { connection, rounds, say }: ThroughputOptions,
  { inFlight, commands, payments }: Size,
): Promise<ReadonlyMap<Kind, readonly LoadResult[]>> {
  const results = new Map<Kind, LoadResult[]>();
  const encoder = new TextEncoder();
  const body = encoder.encode(JSON.stringify(orderBody('ART-1')));
  const note = { text: 'please ring twice' };
  const method = { method: { provider: 'sandbox', token: 'ok' } };
  for (let round = 0; round <= rounds; round += 1) {
    const name = (index: number) => `B-${inFlight}-${round}-${index}`;
    const id = (what: string, index: number) => `${what}-${inFlight}-${round}-${index}`;
    const plan: readonly (readonly [Kind, number, (index: number) => Parameters<typeof drive>[2][number]])[] = [
      ['echo', commands, () => ({ subject: 'floor.echo', payload: body })],
      ['bare place', commands, (index) => ({ subject: `floor.bare.place.${name(index)}`, payload: body })],
      [
        'bare note',
        commands,
        (index) => ({ subject: `floor.bare.note.${name(index)}`, payload: encoder.encode(JSON.stringify(note)) }),
      ],
      ['place', commands, (index) => command(`orders.place.${name(index)}`, orderBody(article(index)), id('p', index))],
      ['note', commands, (index) => command(`orders.note.${name(index)}`, note, id('n', index))],
      ['pay', payments, (index) => command(`orders.pay.${name(index)}`, method, id('y', index))],
    ];
    for (const [kind, count, request] of plan) await run(kind, count, request);
    const hot = (index: number) => `H-${inFlight}-${round}-${index}`;
    const hotOrders = series(payments, (index) =>
      command(`orders.place.${hot(index)}`, orderBody('HOT'), id('h', index)),
    );
    await drive(connection, 64, hotOrders);
    await run('hot pay', payments, (index) => command(`orders.pay.${hot(index)}`, method, id('z', index)));

    async function run(kind: Kind, count: number, request: (index: number) => Parameters<typeof drive>[2][number]) {
      const result = await drive(connection, inFlight, series(count, request));
      if (result.failed > 0) throw new Error(`${result.failed} of ${kind} were refused: ${result.firstFailure}`);
      if (round === 0) return;
      const before = results.get(kind) ?? [];
      results.set(kind, [...before, result]);
      say(`${kind} at ${inFlight}, round ${round} of ${rounds}: ${Math.round(result.perSecond)}/s`);
    }
  }
  return results;
}

function rowsOf(inFlight: number, results: ReadonlyMap<Kind, readonly LoadResult[]>): readonly Row[] {
  const at = `at ${inFlight} in flight`;
  const figure = (kind: Kind, of: (result: LoadResult) => number): Figure =>
    figureOf((results.get(kind) ?? []).map(of));
  const perSecond = (kind: Kind) => figure(kind, (result) => result.perSecond);
  const rows: Row[] = [{ section: SECTION, name: `NATS echo ${at}`, unit: '/s', figure: perSecond('echo') }];
  const isAt = (many: number) => inFlight === many;
  const scaled = (DESIGN.bare * perSecond('echo').median) / DESIGN.echo;
  for (const what of ['place', 'note'] as const) {
    const floor = perSecond(`bare ${what}`);
    rows.push({
      section: SECTION,
      name: `bare loop, ${what}, ${at}`,
      unit: '/s',
      figure: floor,
      floor: { name: 'NATS echo', figure: perSecond('echo') },
      ...(isAt(64) && { target: { atLeast: Math.round(0.8 * Math.min(DESIGN.bare, scaled)) } }),
    });
    rows.push({
      section: SECTION,
      name: `${what} ${at}`,
      unit: '/s',
      figure: perSecond(what),
      floor: { name: 'bare loop', figure: floor },
      ...(isAt(64) && { target: { atLeast: Math.max(17_000, Math.round(floor.median / 2)) } }),
    });
    rows.push(...latencies(what, what));
  }
  rows.push({
    section: SECTION,
    name: `pay (order, payment, one article) ${at}`,
    unit: '/s',
    figure: perSecond('pay'),
    ...(isAt(64) && { target: { atLeast: 2_500 } }),
  });
  rows.push(...latencies('pay', 'pay'));
  rows.push({
    section: SECTION,
    name: `pay, all for one hot article, ${at}`,
    unit: '/s',
    figure: perSecond('hot pay'),
  });
  rows.push(...latencies('hot pay', 'pay, hot article,'));
  return rows;

  function latencies(kind: Kind, name: string): readonly Row[] {
    const limit = { place: 0.6, note: 0.6, pay: 2.5 }[kind as string];
    const target = isAt(1) && limit !== undefined ? { target: { atMost: limit } } : {};
    return [
      { section: SECTION, name: `${name} ${at}, p50`, unit: 'ms', figure: figure(kind, ({ p50 }) => p50), ...target },
      { section: SECTION, name: `${name} ${at}, p99`, unit: 'ms', figure: figure(kind, ({ p99 }) => p99) },
    ];
  }
}
