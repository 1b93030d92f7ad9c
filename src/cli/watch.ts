import { type Command, Option } from 'commander';
import type { Msg, Subscription } from 'nats';
import type { Client } from '../client/index.ts';
import { OrdoError } from '../client/index.ts';
import { announcementKinds, announcementPattern, headers, isJsonObject, type JsonObject } from '../contracts/index.ts';
import { type AskingFlags, callOf, checkQuestionKey, withAskingFlags } from './asking.ts';
import { withClient } from './connection.ts';
import type { CliContext } from './context.ts';
import { Interrupted } from './failure.ts';
import { fields } from './show/answers.ts';
import { paint, type Screen, screenFor } from './show/screen.ts';
import { styleOf } from './show/status.ts';
import { shown } from './show/text.ts';
import { moment } from './show/time.ts';

interface WatchFlags extends AskingFlags {
  readonly until?: string;
}

const examples = `
Examples:
  $ ordo watch                               every order, until Ctrl-C
  $ ordo watch SO-1
  $ ordo watch SO-1 --until completed && echo "there it is"
  $ ordo watch --json | jq -r .data.order

It shows what is announced from now on. What is announced while the connection is down is not made up for: a JetStream
stream on events.> keeps it.
`;

/** Adds `ordo watch`. */
export function addWatch(program: Command, context: CliContext): void {
  const until = new Option('--until <kind>', 'end when this is announced').choices(announcementKinds.order);
  const command = program
    .command('watch')
    .summary('show what is announced of an order, or of all, as it happens')
    .description('Shows what is announced of an order, or of all orders, as it happens, until Ctrl-C.')
    .argument('[order]', "the order's id")
    .addOption(until)
    .addHelpText('after', examples);
  withAskingFlags(command, context).action((order: string | undefined, flags: WatchFlags) =>
    watch(context, order ?? null, flags).catch((error: unknown) => {
      // Ctrl-C is how it ends, where nothing was waited for.
      if (!(error instanceof Interrupted) || flags.until !== undefined) throw error;
    }),
  );
}

function watch(context: CliContext, order: string | null, flags: WatchFlags): Promise<void> {
  if (order !== null) checkQuestionKey('orders.get', order);
  return withClient(context, flags, async (client, stop) => {
    // First it listens, then it looks: nothing that happens in between is missed.
    const announced = client.connection.subscribe(announcementPattern('order', order));
    const end = (): void => announced.unsubscribe();
    stop.addEventListener('abort', end, { once: true });
    await greet(context, client, order, flags, stop);
    const seen = await follow(context, announced, flags);
    stop.throwIfAborted();
    if (!seen) throw closed();
  });
}

/** Makes sure that there is a service, and the order, and says how it stands. */
async function greet(
  context: CliContext,
  client: Client,
  order: string | null,
  flags: WatchFlags,
  stop: AbortSignal,
): Promise<void> {
  if (order === null) {
    await callOf(client, flags, { name: 'orders.counts', key: null, body: {} }, stop);
    context.writeError('Watching all orders.\n');
    return;
  }
  const { status, version } = await callOf(client, flags, { name: 'orders.get', key: order, body: {} }, stop);
  context.writeError(`Watching ${shown(order)}: ${shown(status)}, version ${version}.\n`);
}

/** Shows announcements until one is of the kind that is waited for (true), or none come any more. */
async function follow(context: CliContext, announced: Subscription, flags: WatchFlags): Promise<boolean> {
  const screen = screenFor(context, flags);
  for await (const message of announced) {
    const event = readEvent(message);
    context.write(flags.json ? `${JSON.stringify(event)}\n` : line(event, screen));
    if (event.kind === flags.until) return true;
  }
  return false;
}

interface WatchedEvent {
  readonly id: string;
  readonly time: string;
  readonly kind: string;
  readonly data: JsonObject;
}

/** Reads whatever has come: somebody else may publish on the subject too. */
function readEvent(message: Msg): WatchedEvent {
  const header = (name: string): string => message.headers?.get(name) ?? '';
  let data: unknown;
  try {
    data = JSON.parse(message.string());
  } catch {
    data = undefined;
  }
  return {
    id: header(headers.eventId),
    time: header(headers.eventTime),
    kind: message.subject.slice(message.subject.lastIndexOf('.') + 1),
    data: isJsonObject(data) ? data : {},
  };
}

function line({ time, kind, data }: WatchedEvent, screen: Screen): string {
  const { order, version, change } = data;
  const what = isJsonObject(change) ? fields(change) : '';
  const parts = [
    moment(time, screen, 'milliseconds'),
    shown(order),
    paint(screen, styleOf(kind), shown(kind)),
    `version ${shown(version)}`,
    what,
  ];
  return `${parts.join('  ').trimEnd()}\n`;
}

function closed(): OrdoError {
  const message = 'The connection to NATS has ended, and with it the watching.';
  return new OrdoError('CONNECTION_CLOSED', message, { number: 503, retriable: false });
}
