import { type Command, Option } from 'commander';
import type { Client, FollowProblem } from '../client/index.ts';
import { type AnnouncementData, type AnnouncementKind, announcementKinds } from '../contracts/index.ts';
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
  $ ordo watch --json | jq -r .data.order        one JSON object a line

It shows what is announced from now on. What is announced while the connection is down is missed, and it says so; a
JetStream stream on events.> would keep it.
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
  const screen = screenFor(context, flags);
  return withClient(context, flags, async (client, stop) => {
    // First it listens, then it looks: nothing that happens in between is missed.
    const announced = client.follow({
      ...(order !== null && { order }),
      types: announcementKinds.order,
      signal: stop,
      onProblem: (problem) => context.writeError(`${shown(problemText(problem))}\n`),
    });
    await announced.ready;
    await greet(context, client, order, flags, stop);
    for await (const event of announced) {
      context.write(flags.json ? `${JSON.stringify(event)}\n` : line(event, screen));
      if (event.type === flags.until) return;
    }
    stop.throwIfAborted();
  });
}

function problemText(problem: FollowProblem): string {
  switch (problem.kind) {
    case 'malformed':
      return `Left out, for it is no announcement: ${problem.subject}: ${problem.why}`;
    case 'dropped':
      return `${problem.count} announcements were left out: they came faster than they could be printed.`;
    case 'interrupted':
      return 'The connection was lost for a while: what was announced meanwhile is missed.';
  }
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

interface OrderEvent {
  readonly type: AnnouncementKind<'order'>;
  readonly time: string;
  readonly data: AnnouncementData<'order'>;
}

function line({ time, type, data }: OrderEvent, screen: Screen): string {
  const parts = [
    moment(time, screen, 'milliseconds'),
    shown(data.order),
    paint(screen, styleOf(type), type),
    `version ${data.version}`,
    fields(data.change),
  ];
  return `${parts.join('  ').trimEnd()}\n`;
}
