import type { Command } from 'commander';
import { type Client, OrdoError } from '../client/index.ts';
import type { TransactionView } from '../contracts/index.ts';
import { type AskingFlags, ask, callOf, checkQuestionKey, withAskingFlags } from './asking.ts';
import { withClient } from './connection.ts';
import type { CliContext } from './context.ts';
import { waitingFor } from './resolution.ts';
import { screenFor } from './show/screen.ts';
import { shown } from './show/text.ts';
import { changesBetween, showSideBySide } from './show/transaction.ts';
import { duration } from './values.ts';

interface RetryFlags extends AskingFlags {
  readonly for?: number;
}

/** How long those who were asked again are given to answer before it is shown what has changed, in ms. */
const usualPatienceMs = 2_000;

/** Completes `ordo tx retry`. */
export function addRetry(command: Command, context: CliContext): void {
  command.option('--for <duration>', 'how long to wait for what changes (default: 2s)', duration);
  withAskingFlags(command, context).action((id: string, flags: RetryFlags) => retry(context, id, flags));
}

async function retry(context: CliContext, id: string, flags: RetryFlags): Promise<void> {
  const again = { name: 'transactions.retry', key: id, body: {} } as const;
  if (flags.json) return ask(context, flags, again, () => '');
  checkQuestionKey(again.name, id);
  await withClient(context, flags, async (client, stop) => {
    const look = () => callOf(client, flags, { name: 'transactions.branches', key: id, body: {} }, stop);
    const before = await look();
    await callOf(client, flags, again, stop);
    await ended(client, id, flags, stop);
    const after = await look();
    context.write(showSideBySide(after, screenFor(context, flags)));
    const changes = changesBetween(before, after);
    if (changes.length > 0) context.write(`\nChanged:\n${changes.map((one) => `  ${shown(one)}\n`).join('')}`);
    else if (waitingFor<TransactionView>(after).length > 0) context.write('\nNothing has changed yet.\n');
  });
}

/** Waits for the transaction's end, or until patience is over. */
async function ended(client: Client, id: string, flags: RetryFlags, stop: AbortSignal): Promise<void> {
  const body = { timeoutMs: flags.for ?? usualPatienceMs };
  try {
    await callOf(client, flags, { name: 'transactions.wait', key: id, body }, stop);
  } catch (error) {
    if (!(error instanceof OrdoError) || error.code !== 'WAIT_TIMEOUT') throw error;
  }
}
