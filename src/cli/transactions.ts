import type { Command } from 'commander';
import { endpoints } from '../contracts/index.ts';
import { type AskingFlags, ask, withAskingFlags } from './asking.ts';
import type { CliContext } from './context.ts';
import { lowerFirst } from './orders.ts';
import { showTransaction, showTransactions } from './show/answers.ts';
import { duration, given, wholeNumber } from './values.ts';

/** Adds `ordo tx get`, `list`, `wait`, `retry` and `resolve`. */
export function addTransactionCommands(program: Command, context: CliContext): void {
  const transactions = program.command('tx').description('Transactions: what moves together, and how far it is.');
  addGet(transactions, context);
  addList(transactions, context);
  addWait(transactions, context);
  addRetry(transactions, context);
  addResolve(transactions, context);
}

type Name = 'get' | 'list' | 'wait' | 'retry' | 'resolve';

function add(transactions: Command, word: Name, examples: string): Command {
  const { summary, key } = endpoints[`transactions.${word}`];
  const command = transactions.command(word).summary(lowerFirst(summary)).description(summary);
  if (key !== null) command.argument('<transaction>', 'its id, such as SO-1~1');
  return command.addHelpText('after', `\nExamples:\n${examples}`);
}

function addGet(transactions: Command, context: CliContext): void {
  const command = add(transactions, 'get', '  $ ordo tx get SO-1~1\n');
  withAskingFlags(command, context).action((id: string, flags: AskingFlags) =>
    ask(context, flags, { name: 'transactions.get', key: id, body: {} }, showTransaction),
  );
}

interface ListFlags extends AskingFlags {
  readonly state?: string;
  readonly olderThan?: number;
  readonly limit?: number;
  readonly cursor?: string;
}

function addList(transactions: Command, context: CliContext): void {
  const command = add(transactions, 'list', '  $ ordo tx list --state inDoubt --older-than 1m\n')
    .option('--state <state>', 'preparing, committing, aborting, committed, aborted, mixed; inDoubt is the first two')
    .option('--older-than <duration>', 'started at least this long ago', duration)
    .option('--limit <n>', 'how many at most, up to 500', wholeNumber)
    .option('--cursor <cursor>', 'go on where an earlier list ended');
  withAskingFlags(command, context).action((flags: ListFlags) => {
    const { state, olderThan, limit, cursor } = flags;
    const body = given({ state, olderThanMs: olderThan, limit, cursor });
    return ask(context, flags, { name: 'transactions.list', key: null, body }, showTransactions);
  });
}

function addWait(transactions: Command, context: CliContext): void {
  const command = add(transactions, 'wait', '  $ ordo tx wait SO-1~1 --for 60s\n').option(
    '--for <duration>',
    'give up after this (default: 5s)',
    duration,
  );
  withAskingFlags(command, context).action((id: string, flags: AskingFlags & { readonly for?: number }) =>
    ask(context, flags, { name: 'transactions.wait', key: id, body: given({ timeoutMs: flags.for }) }, showTransaction),
  );
}

function addRetry(transactions: Command, context: CliContext): void {
  const command = add(transactions, 'retry', '  $ ordo tx retry SO-1~1\n');
  withAskingFlags(command, context).action((id: string, flags: AskingFlags) =>
    ask(context, flags, { name: 'transactions.retry', key: id, body: {} }, showTransaction),
  );
}

interface ResolveFlags extends AskingFlags {
  readonly outcome: string;
  readonly branch?: string;
  readonly by: string;
  readonly reason: string;
}

function addResolve(transactions: Command, context: CliContext): void {
  const examples = `  $ ordo tx resolve SO-1~1 --outcome aborted --by ann --reason 'provider is down'
  $ ordo tx resolve SO-1~1 --branch payment --outcome committed --by ann --reason 'seen in their books'

While a transaction prepares, it can be aborted. After its decision, only one unanswered branch can be closed by hand:
the decision stays, and an outcome that differs from it makes the transaction mixed.
`;
  const command = add(transactions, 'resolve', examples)
    .requiredOption('--outcome <outcome>', 'aborted, or committed for a branch')
    .option('--branch <branch>', 'the unanswered branch to close by hand')
    .requiredOption('--by <who>', 'who decides')
    .requiredOption('--reason <text>', 'why');
  withAskingFlags(command, context).action((id: string, flags: ResolveFlags) => {
    const { outcome, branch, by, reason } = flags;
    const body = given({ outcome, branch, by, reason });
    return ask(context, flags, { name: 'transactions.resolve', key: id, body }, showTransaction);
  });
}
