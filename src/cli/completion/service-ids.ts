import type { Client } from '../../client/index.ts';
import { limits } from '../../contracts/index.ts';
import { accessOf, type ConnectionFlags } from '../connection.ts';
import type { CliContext } from '../context.ts';
import type { Suggestion } from './suggestions.ts';

/** How long the service may take, in ms: somebody has pressed the tab key and waits. */
const patienceMs = 700;
/** Orders of so many ms are more likely meant than those that come first of all. */
const recentMs = 24 * 3_600_000;

/**
 * Ids from the running service. Where there is none, or it is slow, there are none: completion never complains.
 *
 * An id may be any text, and a shell evaluates what it completes with: those with other signs than these are left out.
 */
export async function serviceIds(
  context: CliContext,
  flags: ConnectionFlags,
  kind: 'orders' | 'transactions',
): Promise<Suggestion[]> {
  try {
    const access = await accessOf(flags, context.env);
    const client = await context.connect({ ...access, name: 'ordo-completion', connectTimeoutMs: patienceMs });
    try {
      const found = await (kind === 'orders' ? orderIds(client, context.now()) : transactionIds(client));
      return found.filter(({ value }) => /^\w[\w.,+%~-]*$/.test(value));
    } finally {
      await client.close();
    }
  } catch {
    return [];
  }
}

/** Letters and figures: what a shell cannot mistake for its own. */
function harmless(text: string): string {
  return text.replace(/[^\p{L}\p{N} ,._-]/gu, '');
}

const impatient = { timeoutMs: patienceMs, retry: false } as const;

/** The orders of the last day; where there are none, the first of all. */
async function orderIds(client: Client, now: number): Promise<Suggestion[]> {
  const placedFrom = new Date(now - recentMs).toISOString();
  const recent = await client.call('orders.list', null, { placedFrom, limit: limits.page }, impatient);
  const { orders } =
    recent.orders.length > 0 ? recent : await client.call('orders.list', null, { limit: limits.page }, impatient);
  return orders.map(({ id, status, customer }) => ({ value: id, description: harmless(`${status}, ${customer}`) }));
}

/** Those that somebody may have to look at first. */
async function transactionIds(client: Client): Promise<Suggestion[]> {
  const lists = await Promise.all([
    client.call('transactions.list', null, { state: 'inDoubt', limit: limits.page }, impatient),
    client.call('transactions.list', null, { state: 'aborting', limit: limits.page }, impatient),
    client.call('transactions.list', null, { limit: limits.page }, impatient),
  ]);
  const found = lists.flatMap(({ transactions }) => transactions);
  return found.map(({ id, state, operation }) => ({ value: id, description: harmless(`${operation}, ${state}`) }));
}
