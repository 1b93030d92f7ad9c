import type { Command } from 'commander';
import type { Client } from '../client/index.ts';
import { type AnswerOf, type JsonObject, limits } from '../contracts/index.ts';
import { type AskingFlags, callOf } from './asking.ts';
import { withClient } from './connection.ts';
import type { CliContext } from './context.ts';
import { UsageError } from './failure.ts';
import { type Screen, screenFor } from './show/screen.ts';
import { wholeNumber } from './values.ts';

/** The flags of every command that lists. */
export interface ListingFlags extends AskingFlags {
  readonly limit?: number;
  readonly all?: true;
  readonly ndjson?: true;
}

/** Adds `--limit`, `--all` and `--ndjson`. */
export function withListingFlags(command: Command, usualLimit: number): Command {
  return command
    .option('--limit <n>', `how many at most (default: ${usualLimit})`, wholeNumber)
    .option('--all', 'all there are, however many')
    .option('--ndjson', 'print one JSON object a line');
}

/** A list that is asked for a page at a time. */
export interface Listing<Name extends ListName, Item> {
  readonly name: Name;
  readonly key: string | null;
  /** What is asked, without `limit` and the place to begin at. */
  readonly body: JsonObject;
  /** Where the first page begins, as in the body; undefined for the beginning. */
  readonly start: JsonObject | undefined;
  /** How many the service gives where nobody says. */
  readonly usualLimit: number;
  readonly itemsOf: (answer: AnswerOf<Name>) => readonly Item[];
  /** Where the next page begins, as in the body; undefined at the end. `asked` is how many this page could have had. */
  readonly nextOf: (answer: AnswerOf<Name>, asked: number) => JsonObject | undefined;
  /** The same answer with the items of several pages. */
  readonly joined: (items: readonly Item[], last: AnswerOf<Name>) => AnswerOf<Name>;
  readonly show: (answer: AnswerOf<Name>, screen: Screen) => string;
  /** What to do where the list is empty. */
  readonly whenEmpty: string;
  /** The flag that goes on from a place. */
  readonly goOn: (next: JsonObject) => string;
}

type ListName = 'orders.list' | 'orders.history' | 'transactions.list';

/**
 * Asks for as many pages as it takes, and prints them: a table for people, one document or a line an item for
 * programs. That there is more, or nothing, is said on standard error: it is not part of the answer.
 */
export async function list<Name extends ListName, Item>(
  context: CliContext,
  flags: ListingFlags,
  listing: Listing<Name, Item>,
): Promise<void> {
  if (flags.all && flags.limit !== undefined) throw new UsageError('--all and --limit exclude each other.');
  if (flags.json && flags.ndjson) throw new UsageError('--json and --ndjson exclude each other.');
  const { answer, next } = await withClient(context, flags, (client, stop) =>
    collect(client, flags, listing, stop, (items) => {
      if (flags.ndjson) context.write(items.map((item) => `${JSON.stringify(item)}\n`).join(''));
    }),
  );
  if (flags.json) context.write(`${JSON.stringify(answer)}\n`);
  if (flags.json || flags.ndjson) return;
  context.write(listing.show(answer, screenFor(context, flags)));
  if (listing.itemsOf(answer).length === 0) context.writeError(`${listing.whenEmpty}\n`);
  if (next !== undefined) context.writeError(`There are more: go on with ${listing.goOn(next)}, or take --all.\n`);
}

async function collect<Name extends ListName, Item>(
  client: Client,
  flags: ListingFlags,
  listing: Listing<Name, Item>,
  stop: AbortSignal,
  taken: (items: readonly Item[]) => void,
): Promise<{ readonly answer: AnswerOf<Name>; readonly next: JsonObject | undefined }> {
  const { name, key, body, usualLimit, itemsOf, nextOf } = listing;
  const most = flags.all ? Number.POSITIVE_INFINITY : (flags.limit ?? usualLimit);
  // Where nobody says how many, one page is what the service thinks fit, be it short because its orders are large.
  const isOnePage = !flags.all && flags.limit === undefined;
  const items: Item[] = [];
  let count = 0;
  let place = listing.start;
  for (;;) {
    const asked = Math.min(most - count, limits.page);
    const limit = isOnePage ? {} : { limit: asked };
    const answer = await callOf(client, flags, { name, key, body: { ...body, ...place, ...limit } }, stop);
    const page = itemsOf(answer);
    count += page.length;
    taken(page);
    // What is printed line by line is not kept: a list may be longer than memory.
    if (!flags.ndjson) items.push(...page);
    const next = nextOf(answer, asked);
    if (next === undefined || isOnePage || count >= most) return { answer: listing.joined(items, answer), next };
    place = next;
  }
}
