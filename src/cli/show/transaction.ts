import type { AnswerOf, TransactionBranches, TransactionView } from '../../contracts/index.ts';
import { type Remedy, remediesOf, remedyText, waitingFor } from '../resolution.ts';
import { paint, type Screen } from './screen.ts';
import { paintedStatus, styleOf } from './status.ts';
import { type Painted, painted, table } from './table.ts';
import { shown } from './text.ts';
import { age, momentAndAge, span } from './time.ts';

/** A transaction as its coordinator sees it. */
export function showTransaction(transaction: TransactionView, screen: Screen): string {
  const rows = transaction.branches.map((branch) => [branch.branch, branch.participant, vote(branch), outcome(branch)]);
  const columns = ['branch', 'participant', { text: 'vote' }, { text: 'outcome' }];
  return heading(transaction, screen) + table(columns, rows, screen);
}

/** Coordinator and participants side by side, what does not agree, and what can be done now. */
export function showSideBySide(transaction: TransactionBranches, screen: Screen): string {
  const waiting = new Set(waitingFor<TransactionBranches>(transaction));
  const rows = transaction.branches.map((branch) => [
    branch.branch,
    branch.participant,
    vote(branch),
    waiting.has(branch) ? painted('yellow', unanswered(transaction, screen)) : outcome(branch),
    says(branch.says, branch.disagreement),
  ]);
  const columns = ['branch', 'participant', { text: 'vote' }, { text: 'outcome' }, { text: 'participant says' }];
  const parts = [heading(transaction, screen) + table(columns, rows, screen)];
  const disagreements = transaction.branches.flatMap(({ branch, disagreement, contradiction }) => [
    ...(disagreement === null ? [] : [`${branch}: ${disagreement}`]),
    ...(contradiction === undefined ? [] : [`${branch}: a later answer differs from the first: ${contradiction}`]),
  ]);
  if (disagreements.length > 0) {
    const title = paint(screen, 'red', 'DISAGREEMENT');
    parts.push([title, ...disagreements.map((line) => `  ${shown(line)}`), ''].join('\n'));
  }
  parts.push(whatNow(transaction));
  return parts.join('\n');
}

function heading(transaction: TransactionView, screen: Screen): string {
  const { id, order, operation, state, startedAt, deadline, decision, decidedAt, abortedBy } = transaction;
  const decided =
    decision === null || decision === undefined
      ? [`votes due ${age(deadline, screen)}`]
      : [
          `decided: ${decision}${decidedAt ? ` ${age(decidedAt, screen)}` : ''}${abortedBy ? `, ${abortedBy.reason}` : ''}`,
        ];
  return [
    `${paint(screen, 'bold', shown(id))}  ${paint(screen, styleOf(state), shown(state))}`,
    `${shown(operation)} of ${shown(order)}, started ${momentAndAge(startedAt, screen)}`,
    ...decided.map(shown),
    '',
  ].join('\n');
}

type Branch = TransactionView['branches'][number];

function vote({ vote: given, code, reason }: Branch): Painted {
  if (given === 'no') return painted('red', ['no', code, reason].filter((part) => part !== undefined).join(' '));
  return painted(given === null ? 'yellow' : undefined, given ?? 'missing');
}

function outcome({ outcome: taken, heuristic }: Branch): Painted {
  if (heuristic !== undefined) {
    return painted('red', `closed by hand as ${heuristic.outcome} by ${heuristic.by}: ${heuristic.reason}`);
  }
  return painted(undefined, taken ?? '');
}

/** How long a branch has not answered: from the beginning with its vote, from the decision with its outcome. */
function unanswered({ startedAt, decidedAt }: TransactionView, { now }: Screen): string {
  return `unanswered for ${span(now - Date.parse(decidedAt ?? startedAt))}`;
}

const inWords: Readonly<Record<string, string>> = {
  prepared: 'prepared, waits for the decision',
  refused: 'has voted no',
  forgotten: 'over, and no longer remembered',
  unknown: 'holds nothing of it',
};

function says(state: string | null, disagreement: string | null): Painted {
  if (state === null) return painted('dim', 'outside: look into its own books');
  return painted(disagreement === null ? undefined : 'red', inWords[state] ?? state);
}

function whatNow(transaction: TransactionBranches): string {
  const remedies = remediesOf(transaction);
  if (remedies.length === 0) return 'Nothing is left to do.\n';
  const lines = remedies.flatMap((remedy) => {
    const command = commandFor(remedy, shellWord(transaction.id));
    return command === undefined ? [] : [`  $ ${command}\n      ${shown(remedyText(remedy))}\n`];
  });
  return `What can be done now:\n${lines.join('')}`;
}

/** What is against the decision is not held out to people: whoever must, finds it under `tx resolve`. */
function commandFor(remedy: Remedy, id: string): string | undefined {
  switch (remedy.kind) {
    case 'retry':
      return `ordo tx retry ${id}`;
    case 'abort':
      return `ordo tx resolve ${id} --outcome aborted`;
    case 'close':
      return `ordo tx resolve ${id} --branch ${shellWord(remedy.branch.branch)} --outcome ${remedy.outcome}`;
    case 'differ':
      return undefined;
  }
}

/** A text as a shell takes it as one word. */
export function shellWord(text: string): string {
  const safe = shown(text);
  return /^[\w@%+=:,./][\w@%+=:,./~-]*$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`;
}

export function showTransactions({ transactions }: AnswerOf<'transactions.list'>, screen: Screen): string {
  const rows = transactions.map((transaction) => [
    transaction.id,
    paintedStatus(transaction.state),
    transaction.operation,
    transaction.order,
    age(transaction.startedAt, screen),
    waitingFor<TransactionView>(transaction)
      .map(({ branch }) => branch)
      .join(' '),
  ]);
  const columns = ['transaction', 'state', 'operation', 'order', 'started', { text: 'waits for' }];
  return table(columns, rows, screen);
}

/** What has changed from one look at a transaction to the next, a line each; empty where nothing has. */
export function changesBetween(before: TransactionView, after: TransactionView): string[] {
  const state = before.state === after.state ? [] : [`${before.state} → ${after.state}`];
  const earlier = new Map(before.branches.map((branch) => [branch.branch, branch]));
  return [
    ...state,
    ...after.branches.flatMap((branch) => {
      const was = earlier.get(branch.branch);
      return [
        ...(branch.vote === was?.vote ? [] : [`${branch.branch} has voted ${branch.vote}`]),
        ...(branch.outcome === was?.outcome ? [] : [`${branch.branch} is ${branch.outcome}`]),
      ];
    }),
  ];
}
