import { type Command, Option } from 'commander';
import { type AnswerOf, endpoints, type TransactionView, transactionStates } from '../contracts/index.ts';
import { type AskingFlags, ask, checkQuestionKey, withAskingFlags } from './asking.ts';
import type { CliContext } from './context.ts';
import { type ListingFlags, list, withListingFlags } from './lists.ts';
import { lowerFirst } from './orders.ts';
import { addResolve } from './resolve.ts';
import { addRetry } from './retry.ts';
import { showSideBySide, showTransaction, showTransactions } from './show/transaction.ts';
import { duration, given } from './values.ts';

/** Adds `ordo tx show`, `list`, `wait`, `retry` and `resolve`. */
export function addTransactionCommands(program: Command, context: CliContext): void {
  const transactions = program.command('tx').description('Transactions: what moves together, and how far it is.');
  addShow(transactions, context);
  addList(transactions, context);
  addWait(transactions, context);
  addRetry(add(transactions, 'retry', '  $ ordo tx retry SO-1~1\n  $ ordo tx retry SO-1~1 --for 30s\n'), context);
  addResolve(add(transactions, 'resolve', resolveExamples), context);
}

const resolveExamples = `\
  $ ordo tx resolve SO-1~1                       shows how it stands and asks what to do
  $ ordo tx resolve SO-1~1 --outcome aborted --by ann --reason 'provider is down'
  $ ordo tx resolve SO-1~1 --branch payment --outcome committed --by ann --reason 'seen in their books'

While a transaction prepares, it can be aborted. After its decision, only one unanswered branch can be closed by hand:
the decision stays, and an outcome that differs from it makes the transaction mixed. That is a heuristic outcome: it
gives up that all change together, and has to be confirmed by typing the transaction's id, or with --yes.
`;

type Name = 'branches' | 'list' | 'wait' | 'retry' | 'resolve';

function add(transactions: Command, name: Name, examples: string, word: string = name): Command {
  const { summary, key } = endpoints[`transactions.${name}`];
  const command = transactions.command(word).summary(lowerFirst(summary)).description(summary);
  if (key !== null) command.argument('<transaction>', 'its id, such as SO-1~1');
  return command.addHelpText('after', `\nExamples:\n${examples}`);
}

function addShow(transactions: Command, context: CliContext): void {
  const examples = '  $ ordo tx show SO-1~1\n  $ ordo tx show SO-1~1 --json | jq .branches\n';
  const command = add(transactions, 'branches', examples, 'show').alias('get');
  withAskingFlags(command, context).action((id: string, flags: AskingFlags) =>
    ask(context, flags, { name: 'transactions.branches', key: id, body: {} }, showSideBySide),
  );
}

interface ListFlags extends ListingFlags {
  readonly state?: string;
  readonly olderThan?: number;
  readonly cursor?: string;
}

/** How many transactions the service gives where nobody says. */
const transactionsAtOnce = 50;

function addList(transactions: Command, context: CliContext): void {
  const examples = `\
  $ ordo tx list --state inDoubt                 what is not decided, or not all have answered
  $ ordo tx list --state inDoubt --older-than 1m what may need somebody
  $ ordo tx list --all --ndjson
`;
  const states = ['inDoubt', ...transactionStates];
  const command = add(transactions, 'list', examples)
    .addOption(new Option('--state <state>', 'only in this state; inDoubt: preparing or committing').choices(states))
    .option('--older-than <duration>', 'started at least this long ago', duration)
    .option('--cursor <cursor>', 'go on where an earlier list ended');
  withAskingFlags(withListingFlags(command, transactionsAtOnce), context).action((flags: ListFlags) => {
    const { state, olderThan, cursor } = flags;
    return list<'transactions.list', TransactionView>(context, flags, {
      name: 'transactions.list',
      key: null,
      body: given({ state, olderThanMs: olderThan }),
      start: cursor === undefined ? undefined : { cursor },
      usualLimit: transactionsAtOnce,
      itemsOf: ({ transactions: items }) => items,
      nextOf: (answer) => (answer.cursor === null ? undefined : { cursor: answer.cursor }),
      joined: (items, last): AnswerOf<'transactions.list'> => ({ ...last, transactions: [...items] }),
      show: showTransactions,
      whenEmpty:
        state === 'inDoubt'
          ? 'No transaction is in doubt.'
          : 'There are no such transactions. Those that have ended are forgotten after the retention time.',
      goOn: (next) => `--cursor ${next.cursor}`,
    });
  });
}

function addWait(transactions: Command, context: CliContext): void {
  const command = add(transactions, 'wait', '  $ ordo tx wait SO-1~1 --for 60s\n').option(
    '--for <duration>',
    'give up after this (default: 5s)',
    duration,
  );
  withAskingFlags(command, context).action((id: string, flags: AskingFlags & { readonly for?: number }) => {
    checkQuestionKey('transactions.wait', id);
    return ask(
      context,
      flags,
      { name: 'transactions.wait', key: id, body: given({ timeoutMs: flags.for }) },
      showTransaction,
    );
  });
}
