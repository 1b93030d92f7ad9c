import { type Address, typeOf } from '../../../runtime/address.ts';
import type { Clock, ListItem, Store } from '../../../runtime/ports.ts';
import { type Timer, unpackRecord } from '../../../runtime/record.ts';
import type { TimersAnswer, TimersBody } from '../../contracts/index.ts';
import { decodePlace, encodeCursor, Page } from '../paging.ts';

type ActorTimers = TimersAnswer['actors'][number];

/** How many actors are looked at for one page: a page of a rare type may end early, and its cursor goes on. */
const MOST_LOOKED_AT = 10_000;

/** A page of the durable timers: actors by the moment at which the first of their timers is due. */
export async function timersPage(
  store: Store,
  clock: Clock,
  { type, dueWithinMs, limit, cursor }: TimersBody,
): Promise<TimersAnswer> {
  const to = dueWithinMs === undefined ? Number.MAX_SAFE_INTEGER : clock.now() + dueWithinMs;
  const page = new Page<ActorTimers>(limit);
  let after: ListItem | undefined = decodePlace(cursor);
  for (let looked = 0; looked < MOST_LOOKED_AT; ) {
    const places = await store.waking({ from: 1, to, limit, ...(after !== undefined && { after }) });
    for (const place of places) {
      if (type === undefined || typeOf(place.address) === type) {
        const shown = timersOf(store, place.address);
        if (shown !== undefined && (page.isFull || !page.add(shown))) {
          return { actors: [...page.items], cursor: after === undefined ? null : encodeCursor(after) };
        }
      }
      after = place;
    }
    looked += places.length;
    if (places.length < limit) return { actors: [...page.items], cursor: null };
  }
  return { actors: [...page.items], cursor: after === undefined ? null : encodeCursor(after) };
}

/** `undefined` for an actor that has none any more. */
function timersOf(store: Store, address: Address): ActorTimers | undefined {
  const record = store.read(address)?.record;
  const timers = record == null ? [] : unpackRecord(record).timers.toSorted((a, b) => a.dueAt - b.dueAt);
  const [first] = timers;
  if (first === undefined) return undefined;
  return { address, next: new Date(first.dueAt).toISOString(), timers: timers.map(timerView) };
}

/** XState names a timer after its delay and the state that it leaves. */
const AFTER = /^xstate\.after\.([^.]+)\.(.+)$/;

function timerView({ id, dueAt }: Timer): ActorTimers['timers'][number] {
  const [, delay = null, state = null] = AFTER.exec(id) ?? [];
  return { id, due: new Date(dueAt).toISOString(), delay, state };
}
