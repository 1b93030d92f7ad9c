import { Argument, type Command } from 'commander';
import { endpoints, type JsonObject, orderStatuses } from '../contracts/index.ts';
import { type AskingFlags, ask, withAskingFlags } from './asking.ts';
import type { CliContext } from './context.ts';
import { lowerFirst } from './orders.ts';
import { showCounts, showExplanation, showHistory, showOrders, showPayments, showWhatIf } from './show/answers.ts';
import { showOrder } from './show/order.ts';
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

interface ListFlags extends AskingFlags {
  readonly status?: string;
  readonly customer?: string;
  readonly placedFrom?: string;
  readonly placedTo?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

function addList(program: Command, context: CliContext): void {
  const examples =
    '  $ ordo list --status paid\n  $ ordo list --customer C-17 --placed-from 2010-12-01T00:00:00.000Z\n';
  const command = add(program, 'list', 'orders.list', examples)
    .option('--status <status>', orderStatuses.join(', '))
    .option('--customer <id>')
    .option('--placed-from <time>', 'placed then or later', instant)
    .option('--placed-to <time>', 'placed before then', instant)
    .option('--limit <n>', 'how many at most, up to 500', wholeNumber)
    .option('--cursor <cursor>', 'go on where an earlier list ended');
  withAskingFlags(command, context).action((flags: ListFlags) => {
    const { status, customer, placedFrom, placedTo, limit, cursor } = flags;
    const body = given({ status, customer, placedFrom, placedTo, limit, cursor });
    return ask(context, flags, { name: 'orders.list', key: null, body }, showOrders);
  });
}

interface HistoryFlags extends AskingFlags {
  readonly after?: number;
  readonly limit?: number;
}

function addHistory(program: Command, context: CliContext): void {
  const command = add(
    program,
    'history',
    'orders.history',
    '  $ ordo history SO-1\n  $ ordo history SO-1 --after 100\n',
  )
    .option('--after <seq>', 'only what came after this entry', wholeNumber)
    .option('--limit <n>', 'how many at most, up to 500', wholeNumber);
  withAskingFlags(command, context).action((order: string, flags: HistoryFlags) => {
    const body = given({ after: flags.after, limit: flags.limit });
    return ask(context, flags, { name: 'orders.history', key: order, body }, showHistory);
  });
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
  const command = add(program, 'wait', 'orders.wait', '  $ ordo wait SO-1 --status completed --for 60s\n')
    .requiredOption('--status <status>', orderStatuses.join(', '))
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
  withAskingFlags(command, context).action((order: string, flags: AskingFlags) =>
    ask(context, flags, { name: 'payments.get', key: order, body: {} }, showPayments),
  );
}
