import { Command } from 'commander';
import { createLog } from '../log.ts';
import type { OrdoNode } from '../node.ts';
import { readSettings, SETTINGS, type Settings } from '../settings.ts';
import { processContext } from './context.ts';
import { run, withOutput } from './run.ts';

/** What went so wrong that only a new start helps; the process has ended by then, or is about to. */
const FATAL_EXIT_CODE = 70;

/** Runs `ordo serve` alone, without the other commands; the exit code is returned. */
export function runServe(argv: readonly string[]): Promise<number> {
  const context = processContext();
  return run(argv, context, async () => {
    const program = withOutput(new Command('ordo'), context);
    addServeCommand(program);
    await program.parseAsync(argv, { from: 'user' });
  });
}

/** Registers `ordo serve`. The action resolves once a signal has ended the service. */
export function addServeCommand(program: Command): void {
  const command = program.command('serve').description('Runs the service until SIGTERM or SIGINT.');
  for (const [name, { flag, variable, standard, value, help }] of Object.entries(SETTINGS)) {
    const key = flag.slice(2).replace(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase());
    flagNames.set(key, name as keyof typeof SETTINGS);
    const text = `${help} (${variable}${standard === undefined ? '' : `, default ${standard}`})`;
    if (name === 'participants') command.option(`${flag} ${value}`, text, joined);
    else command.option(`${flag} ${value}`, text);
  }
  command.addHelpText(
    'after',
    `
Examples:
  $ ordo serve                                   all by itself, data in ./data, NATS on 4222, HTTP on 8080
  $ ordo serve --data /var/lib/ordo --nats nats://10.0.0.5:4222
  $ ordo serve --http 0.0.0.0:8080               HTTP for other machines too
  $ ordo serve --payment-window 90s              unpaid orders are canceled after 90 seconds
  $ ordo serve --participant payment=service:psp payments are another service's business
`,
  );
  command.action((flags: Record<string, string>) => serve(readSettings(byName(flags), process.env)));
}

/** A flag that may be given several times counts as one with commas. */
function joined(text: string, before: string | undefined): string {
  return before === undefined ? text : `${before},${text}`;
}

const flagNames = new Map<string, keyof typeof SETTINGS>();

function byName(flags: Record<string, string>): Partial<Record<keyof typeof SETTINGS, string>> {
  return Object.fromEntries(Object.entries(flags).map(([key, text]) => [flagNames.get(key) ?? key, text]));
}

async function serve(settings: Settings): Promise<void> {
  const log = createLog(settings.log);
  // Also a signal that comes while it starts ends it well: as soon as it has started.
  const whenSignaled = signaled();
  const { startNode } = await import('../node.ts');
  const node = await startNode({ settings, log, onFatal: (error) => endAtOnce(log, error) });
  process.stdout.write(`ready ${[node.url, node.httpUrl].filter((url) => url !== undefined).join(' ')}\n`);
  await whenSignaled;
  log.info({}, 'Stopping: finishing what is under way');
  await node.stop();
}

/** Crash-only: nothing may leave any more, and what is on disk is enough to recover from. */
function endAtOnce(log: ReturnType<typeof createLog>, error: unknown): void {
  log.fatal({ err: error }, 'The service cannot go on and ends at once; start it again to recover');
  process.exit(FATAL_EXIT_CODE);
}

function signaled(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}

/** Starts a service on a data directory for as long as another command runs; its log tells of trouble only. */
export async function startServiceFor({ data }: { readonly data: string }): Promise<Pick<OrdoNode, 'url' | 'stop'>> {
  const settings = { ...readSettings({ data, natsPort: '0', log: 'warn' }, process.env), nats: undefined, http: null };
  const log = createLog(settings.log);
  const { startNode } = await import('../node.ts');
  return startNode({ settings, log, onFatal: (error) => endAtOnce(log, error) });
}
