import type { Load } from '../../../runtime/host-options.ts';
import type { Clock, Store } from '../../../runtime/ports.ts';
import { orderStatuses } from '../../contracts/index.ts';
import { folderBytes } from './folder-bytes.ts';
import type { Pulled, Tell } from './pulled.ts';

/** What is looked at when somebody scrapes. */
export interface Observed {
  readonly host: { readonly load: Load };
  readonly store: Store;
  readonly publisher: { readonly lag: number };
  readonly clock: Clock;
  /** The LevelDB directory. */
  readonly directory: string;
}

/** How many actors with a timer that is due are counted at most: past that there are too many, however many. */
const MOST_DUE = 1_000;

/** How full a node is, and what it holds. */
export function nodeMetrics(pulled: Pulled, { host, store, publisher, clock, directory }: Observed): void {
  pulled.gauge(
    {
      name: 'ordo_mailbox_depth',
      help: 'Mail that waits for its actor, by kind: command or message.',
      labels: ['kind'],
    },
    (tell) => {
      const { commands, messages } = host.load;
      tell(commands, { kind: 'command' });
      tell(messages, { kind: 'message' });
    },
  );
  pulled.gauge(
    { name: 'ordo_commands_waiting', help: 'Commands that were taken and whose transaction has no outcome yet.' },
    (tell) => tell(host.load.waiting),
  );
  pulled.gauge({ name: 'ordo_actors_active', help: 'Actors in memory.' }, (tell) => tell(host.load.actors));
  pulled.counter(
    {
      name: 'ordo_cache_lookups_total',
      help: 'Look-ups in memory before the store, by cache and result. actors: whoever takes a step. revisions: whoever is written.',
      labels: ['cache', 'result'],
    },
    (tell) => {
      lookups(tell, 'actors', host.load.lookups);
      if (store.lookups !== undefined) lookups(tell, 'revisions', store.lookups);
    },
  );
  pulled.gauge({ name: 'ordo_announcements_lag', help: 'Steps whose announcements are not published yet.' }, (tell) =>
    tell(publisher.lag),
  );
  pulled.gauge(
    {
      name: 'ordo_timers_due',
      help: `Actors with a timer that is due and has not fired yet; counted up to ${MOST_DUE}.`,
    },
    async (tell) => {
      // At 0 stand those that wait for answers: they have no time that could come.
      const due = await store.waking({ from: 1, to: clock.now(), limit: MOST_DUE });
      tell(due.length);
    },
  );
  pulled.gauge({ name: 'ordo_orders', help: 'Orders, by status.', labels: ['status'] }, (tell) => {
    const counts = store.counts('order');
    for (const status of orderStatuses) tell(counts[`status:${status}`] ?? 0, { status });
  });
  pulled.counter({ name: 'ordo_steps_total', help: 'Steps in the journal of this store, ever.' }, (tell) =>
    tell(store.feedHead),
  );
  pulled.gauge({ name: 'ordo_leveldb_bytes', help: 'Bytes of all files in the LevelDB directory.' }, async (tell) => {
    const bytes = await folderBytes(directory);
    if (bytes !== undefined) tell(bytes);
  });
}

function lookups(
  tell: Tell,
  cache: string,
  { hits, misses }: { readonly hits: number; readonly misses: number },
): void {
  tell(hits, { cache, result: 'hit' });
  tell(misses, { cache, result: 'miss' });
}
