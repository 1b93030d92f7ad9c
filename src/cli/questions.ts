import { Argument, type Command, Option } from 'commander';
import {
  type AnswerOf,
  endpoints,
  type HistoryEntry,
  type JsonObject,
  type OrderSummary,
  orderStatuses,
} from '../contracts/index.ts';
import { type AskingFlags, ask, callOf, checkQuestionKey, withAskingFlags } from './asking.ts';
import { withClient } from './connection.ts';
import type { CliContext } from './context.ts';
import { type ListingFlags, list, withListingFlags } from './lists.ts';
import { lowerFirst } from './orders.ts';
import { showCounts, showExplanation, showHistory, showOrders, showPayments, showWhatIf } from './show/answers.ts';
import { showOrder } from './show/order.ts';
import { screenFor } from './show/screen.ts';
import { duration, event, given, instant, repeated, wholeNumber } from './values.ts';

/** Adds the questions about orders: get, list, history, explain, what-if, wait, counts and payments. */
export function addQuestionCommands(program: Command, context: CliContext): void {
  addGet(program, context);
  addList(program, context);
  addHistory(program, context);
  addExplain(program, context);
  addWhatIf(program, context);
  addWait(program, context);
  addCounts(program, context);
  addPayments(program, context);
}

type Question =
  | 'orders.get'
  | 'orders.list'
  | 'orders.history'
  | 'orders.explain'
  | 'orders.whatIf'
  | 'orders.wait'
  | 'orders.counts'
  | 'payments.get';

function add(program: Command, word: string, name: Question, examples: string): Command {
  const { summary, key } = endpoints[name];
  const command = program.command(word).summary(lowerFirst(summary)).description(summary);
  if (key !== null) command.argument('<order>', "the order's id");
  return command.addHelpText('after', `\nExamples:\n${examples}`);
}

function addGet(program: Command, context: CliContext): void {
  const command = add(program, 'get', 'orders.get', '  $ ordo get SO-1\n  $ ordo get SO-1 --json | jq .status\n');
  withAskingFlags(command, context).action((order: string, flags: AskingFlags) =>
    ask(context, flags, { name: 'orders.get', key: order, body: {} }, showOrder),
  );
}

interface ListFlags extends ListingFlags {
  readonly status?: string;
  readonly customer?: string;
  readonly placedFrom?: string;
  readonly placedTo?: string;
  readonly cursor?: string;
}

/** How many orders the service gives where nobody says. */
const ordersAtOnce = 50;

function addList(program: Command, context: CliContext): void {
  const examples = `\
  $ ordo list --status paid
  $ ordo list --customer C-17 --placed-from 2010-12-01T00:00:00.000Z
  $ ordo list --all --ndjson | jq -r .id
`;
  const command = add(program, 'list', 'orders.list', examples)
    .addOption(new Option('--status <status>', 'only in this status').choices(orderStatuses))
    .option('--customer <id>', "only this customer's")
    .option('--placed-from <time>', 'placed then or later', instant)
    .option('--placed-to <time>', 'placed before then', instant)
    .option('--cursor <cursor>', 'go on where an earlier list ended');
  withAskingFlags(withListingFlags(command, ordersAtOnce), context).action((flags: ListFlags) => {
    const { status, customer, placedFrom, placedTo, cursor } = flags;
    const isFiltered = [status, customer, placedFrom, placedTo].some((filter) => filter !== undefined);
    return list<'orders.list', OrderSummary>(context, flags, {
      name: 'orders.list',
      key: null,
      body: given({ status, customer, placedFrom, placedTo }),
      start: cursor === undefined ? undefined : { cursor },
      usualLimit: ordersAtOnce,
      itemsOf: ({ orders }) => orders,
      nextOf: (answer) => (answer.cursor === null ? undefined : { cursor: answer.cursor }),
      joined: (orders, last) => ({ ...last, orders: [...orders] }),
      show: showOrders,
      whenEmpty: isFiltered
        ? 'No order is like this. `ordo counts` shows what there is.'
        : 'There are no orders yet. Place one with `ordo place` (see `ordo help first-order`), or run `ordo demo`.',
      goOn: (next) => `--cursor ${next.cursor}`,
    });
  });
}

interface HistoryFlags extends ListingFlags {
  readonly after?: number;
}

/** How many entries the service gives where nobody says. */
const entriesAtOnce = 100;
/** A page of fewer bytes than this has not ended early for its size (the service ends it before 512 KB). */
const surelyWholeBytes = 200_000;

function addHistory(program: Command, context: CliContext): void {
  const examples = '  $ ordo history SO-1\n  $ ordo history SO-1 --after 100\n  $ ordo history SO-1 --all --ndjson\n';
  const command = add(program, 'history', 'orders.history', examples).option(
    '--after <seq>',
    'only what came after this entry',
    wholeNumber,
  );
  withAskingFlags(withListingFlags(command, entriesAtOnce), context).action((order: string, flags: HistoryFlags) => {
    checkQuestionKey('orders.history', order);
    return list<'orders.history', HistoryEntry>(context, flags, {
      name: 'orders.history',
      key: order,
      body: {},
      start: flags.after === undefined ? undefined : { after: flags.after },
      usualLimit: entriesAtOnce,
      itemsOf: ({ entries }) => entries,
      nextOf: afterLast,
      joined: (entries, last) => ({ ...last, entries: [...entries] }),
      show: showHistory,
      whenEmpty: `Nothing has happened to ${order} after entry ${flags.after ?? 0}.`,
      goOn: (next) => `--after ${next.after}`,
    });
  });
}

/** A history has no cursor: where a page is full, by number or by size, there may be more. */
function afterLast({ entries }: AnswerOf<'orders.history'>, asked: number): JsonObject | undefined {
  const last = entries.at(-1);
  const isFull = entries.length >= asked || JSON.stringify(entries).length >= surelyWholeBytes;
  return last === undefined || !isFull ? undefined : { after: last.seq };
}

function addExplain(program: Command, context: CliContext): void {
  const command = add(program, 'explain', 'orders.explain', '  $ ordo explain SO-1\n');
  withAskingFlags(command, context).action((order: string, flags: AskingFlags) =>
    ask(context, flags, { name: 'orders.explain', key: order, body: {} }, showExplanation),
  );
}

function addWhatIf(program: Command, context: CliContext): void {
  const examples = `  $ ordo what-if SO-1 cancel\n  $ ordo what-if SO-1 '{"type":"refund","amount":500}' note\n`;
  const command = add(program, 'what-if', 'orders.whatIf', examples);
  // An Argument and not `.argument()`, whose types know no parser that collects.
  command.addArgument(new Argument('<events...>', 'commands by name, or as JSON').argParser(repeated(event)));
  withAskingFlags(command, context).action((order: string, events: readonly JsonObject[], flags: AskingFlags) =>
    ask(context, flags, { name: 'orders.whatIf', key: order, body: { events } }, showWhatIf),
  );
}

interface WaitFlags extends AskingFlags {
  readonly status: string;
  readonly for?: number;
}

function addWait(program: Command, context: CliContext): void {
  const status = new Option('--status <status>', 'exactly this one').choices(orderStatuses).makeOptionMandatory();
  const command = add(program, 'wait', 'orders.wait', '  $ ordo wait SO-1 --status completed --for 60s\n')
    .addOption(status)
    .option('--for <duration>', 'give up after this, such as 60s (default: 5s)', duration);
  withAskingFlags(command, context).action((order: string, flags: WaitFlags) => {
    const body = given({ status: flags.status, timeoutMs: flags.for });
    return ask(context, flags, { name: 'orders.wait', key: order, body }, showOrder);
  });
}

function addCounts(program: Command, context: CliContext): void {
  const command = add(program, 'counts', 'orders.counts', '  $ ordo counts\n');
  withAskingFlags(command, context).action((flags: AskingFlags) =>
    ask(context, flags, { name: 'orders.counts', key: null, body: {} }, showCounts),
  );
}

function addPayments(program: Command, context: CliContext): void {
  const command = add(program, 'payments', 'payments.get', '  $ ordo payments SO-1\n');
  withAskingFlags(command, context).action((order: string, flags: AskingFlags) => payments(context, order, flags));
}

async function payments(context: CliContext, order: string, flags: AskingFlags): Promise<void> {
  const question = { name: 'payments.get', key: order, body: {} } as const;
  if (flags.json) return ask(context, flags, question, () => '');
  checkQuestionKey('payments.get', order);
  const [ledger, view] = await withClient(context, flags, (client, stop) =>
    Promise.all([
      callOf(client, flags, question, stop),
      callOf(client, flags, { name: 'orders.get', key: order, body: {} }, stop),
    ]),
  );
  context.write(showPayments(ledger, view, screenFor(context, flags)));
}
