import type { Writable } from 'node:stream';
import { type Command, InvalidArgumentError } from 'commander';
import { type DemoClock, runDemo, wallClock } from '../demo/demo.ts';
import { seeded } from '../demo/random.ts';
import { initialState } from '../demo/scheduler.ts';
import { connectService } from '../import/client-service.ts';
import type { OrderService } from '../import/service.ts';
import { stopOnSignal } from '../import/stop-on-signal.ts';

/** What the command needs from outside; tests put in their own. */
export type DemoEnvironment = {
  /** Opens the service at a NATS address. */
  readonly connect?: (url: string) => Promise<{ service: OrderService; close(): Promise<void> }>;
  readonly clock?: DemoClock;
  readonly stdout?: Writable;
  readonly stderr?: Writable;
};

type Options = { readonly rate: number; readonly orders?: number; readonly seed?: number; readonly nats: string };

/** Registers `ordo demo`. */
export function addDemoCommand(program: Command, environment: DemoEnvironment = {}): void {
  program
    .command('demo')
    .description('Places made-up orders and moves them along, until Ctrl-C.')
    .option('--rate <n/s>', 'how many things happen: 2/s, 30/min', intervalMs, 500)
    .option('--orders <n>', 'place so many orders, see them through, and end', positive)
    .option('--seed <n>', 'draw the same names, baskets and fates again', positive)
    .option('--nats <url>', 'NATS server of the service', process.env.NATS_URL ?? 'nats://127.0.0.1:4222')
    .action((options: Options) => demo(options, environment));
}

async function demo({ rate, orders, seed, nats }: Options, environment: DemoEnvironment): Promise<void> {
  const { connect = (url) => connectService(url, 'ordo-demo'), clock = wallClock } = environment;
  const { stdout = process.stdout, stderr = process.stderr } = environment;
  const startedAt = clock.now();
  const { signal: stop, release } = stopOnSignal(() => stderr.write('stopping\n'));
  try {
    const { service, close } = await connect(nats);
    try {
      const random = seeded(seed ?? startedAt);
      const say = (line: string): void => {
        stdout.write(`${new Date(clock.now()).toISOString().slice(11, 19)}  ${line}\n`);
      };
      await runDemo(initialState(startedAt.toString(36), orders), service, {
        intervalMs: rate,
        stop,
        random,
        clock,
        say,
      });
    } finally {
      await close();
    }
  } finally {
    release();
  }
}

const unitsMs: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000 };

/** `2/s` → 500 ms between two happenings. */
function intervalMs(text: string): number {
  const [, number = '', unit = 's'] = /^(\d+(?:\.\d+)?)(?:\/(s|min|h))?$/.exec(text) ?? [];
  const perUnit = Number(number);
  if (!(perUnit > 0)) throw new InvalidArgumentError('It must look like 2/s, 30/min or 500/h.');
  return (unitsMs[unit] ?? 1_000) / perUnit;
}

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number above 0.');
  return number;
}
