import type { Writable } from 'node:stream';
import { type Command, InvalidArgumentError } from 'commander';
import type { NatsAccess } from '../client/index.ts';
import { type DemoClock, runDemo, wallClock } from '../demo/demo.ts';
import { seeded } from '../demo/random.ts';
import { initialState } from '../demo/scheduler.ts';
import { connectService } from '../import/client-service.ts';
import type { OrderService } from '../import/service.ts';
import { stopOnSignal } from '../import/stop-on-signal.ts';
import { noProgress, type Progress, progressOn } from '../progress.ts';
import { accessOf, type ConnectionFlags, withConnectionFlags } from './connection.ts';

/** What the command needs from outside; tests put in their own. */
export type DemoEnvironment = {
  /** Opens the service on a NATS server. */
  readonly connect?: (access: NatsAccess) => Promise<{ service: OrderService; close(): Promise<void> }>;
  readonly clock?: DemoClock;
  readonly stdout?: Stream;
  readonly stderr?: Stream;
};

type Stream = Writable & { isTTY?: boolean };
type Options = ConnectionFlags & { readonly rate: number; readonly orders?: number; readonly seed?: number };

/** Registers `ordo demo`. */
export function addDemoCommand(program: Command, environment: DemoEnvironment = {}): void {
  const command = program
    .command('demo')
    .summary('place made-up orders and move them along')
    .description('Places made-up orders and moves them along, until Ctrl-C or as many as --orders says.')
    .option('--rate <n/s>', 'how many things happen: 2/s, 30/min', intervalMs, 500)
    .option('--orders <n>', 'place so many orders, see them through, and end', positive)
    .option('--seed <n>', 'draw the same names, baskets and fates again', positive)
    .addHelpText(
      'after',
      `
Examples:
  $ ordo demo                          two happenings a second, until Ctrl-C
  $ ordo demo --rate 20/s --orders 100 a hundred orders from their beginning to their end
`,
    );
  withConnectionFlags(command, process.env).action((options: Options) => demo(options, environment));
}

async function demo(options: Options, environment: DemoEnvironment): Promise<void> {
  const { rate, orders, seed } = options;
  const { connect = (access) => connectService(access, 'ordo-demo'), clock = wallClock } = environment;
  const { stdout = process.stdout, stderr = process.stderr } = environment;
  const startedAt = clock.now();
  const { signal: stop, release } = stopOnSignal(() => stderr.write('stopping\n'));
  try {
    const { service, close } = await connect(await accessOf(options, process.env));
    try {
      const random = seeded(seed ?? startedAt);
      // A demo without an end has no time left.
      const progress = orders === undefined ? noProgress : progressOn(stderr, () => clock.now());
      const write = lineWriter(stdout, stderr, orders === undefined ? undefined : progress);
      const say = (line: string): void => write(`${new Date(clock.now()).toISOString().slice(11, 19)}  ${line}`);
      let over = 0;
      const seen = (now: number): void => {
        progress.advance(now - over);
        over = now;
      };
      progress.begin('demo', orders ?? 0, 'orders');
      try {
        await runDemo(initialState(startedAt.toString(36), orders), service, {
          intervalMs: rate,
          stop,
          random,
          clock,
          say,
          seen,
        });
      } finally {
        progress.end();
      }
    } finally {
      await close();
    }
  } finally {
    release();
  }
}

/** Where both are one terminal, lines have to make way for the bar. */
function lineWriter(stdout: Stream, stderr: Stream, progress: Progress | undefined): (line: string) => void {
  if (progress !== undefined && stdout.isTTY === true && stderr.isTTY === true) return (line) => progress.say(line);
  return (line) => void stdout.write(`${line}\n`);
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
