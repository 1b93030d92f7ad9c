import type { NatsConnection } from 'nats';
import { figureOf, type Row } from './figures.ts';
import { drive } from './load.ts';
import type { Subject } from './processes.ts';
import { command, orderBody, series } from './requests.ts';

const SECTION = 'Soak';
/** One slice of the soak: so many orders go from being placed to completed. */
const ORDERS = 5_000;
const IN_FLIGHT = 64;

/** Lets orders live and end for some minutes: memory and latency have to stay level. */
export async function measureSoak(options: {
  readonly connection: NatsConnection;
  readonly service: Subject;
  readonly minutes: number;
  readonly say: (text: string) => void;
}): Promise<readonly Row[]> {
  const { connection, service, minutes, say } = options;
  const end = performance.now() + minutes * 60_000;
  const slices: {
    readonly resident: number;
    readonly p50: number;
    readonly p99: number;
    readonly perSecond: number;
  }[] = [];
  await drive(connection, 1, [command('stock.receive.SOAK', { quantity: 1_000_000_000 }, 'soak')]);
  while (performance.now() < end) {
    const slice = slices.length;
    const order = (index: number) => `K-${slice}-${index}`;
    const steps: readonly (readonly [string, unknown])[] = [
      ['place', orderBody('SOAK')],
      ['pay', { method: { provider: 'sandbox', token: 'ok' } }],
      ['ship', { carrier: 'DHL', tracking: 'JD014' }],
      ['deliver', {}],
      ['confirmReceipt', {}],
    ];
    let worst = { p50: 0, p99: 0 };
    let answered = 0;
    const start = performance.now();
    for (const [name, body] of steps) {
      const requests = series(ORDERS, (index) =>
        command(`orders.${name}.${order(index)}`, body, `${name}-${slice}-${index}`),
      );
      const result = await drive(connection, IN_FLIGHT, requests);
      if (result.failed > 0) throw new Error(`${result.failed} of ${name} were refused: ${result.firstFailure}`);
      answered += result.answered;
      if (result.p50 > worst.p50) worst = result;
    }
    slices.push({
      resident: service.residentBytes / 1_048_576,
      p50: worst.p50,
      p99: worst.p99,
      perSecond: answered / ((performance.now() - start) / 1_000),
    });
    const last = slices.at(-1);
    say(`soak, ${Math.round((end - performance.now()) / 1_000)} s left: ${Math.round(last?.resident ?? 0)} MiB`);
  }
  // The first third fills caches and compiles; the others are compared.
  const third = Math.max(1, Math.floor(slices.length / 3));
  const middle = slices.slice(third, 2 * third);
  const late = slices.slice(-third);
  const of = (part: typeof slices, what: keyof (typeof slices)[number]) => figureOf(part.map((slice) => slice[what]));
  const row = (name: string, unit: string, what: keyof (typeof slices)[number]): Row => ({
    section: SECTION,
    name: `${name}, last third of ${minutes} min`,
    unit,
    figure: of(late, what),
    floor: { name: 'second third', figure: of(middle, what) },
  });
  return [
    row('commands', '/s', 'perSecond'),
    row('slowest command, p50', 'ms', 'p50'),
    row('slowest command, p99', 'ms', 'p99'),
    row('memory of the service', 'MiB', 'resident'),
  ];
}
