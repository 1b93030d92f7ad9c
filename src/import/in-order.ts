import { forEachInFlight } from './in-flight.ts';

/**
 * Works through actions with at most `limit` under way, so that none overtakes an earlier one with which it has a key
 * in common. An action waits for those before it, which always have begun already: it cannot deadlock. Once an action
 * has thrown, those that wait for it are not begun.
 */
export async function forEachInOrder<T>(
  actions: Iterable<T>,
  keysOf: (action: T) => readonly string[],
  limit: number,
  stop: AbortSignal,
  worker: (action: T) => Promise<void>,
): Promise<void> {
  const last = new Map<string, Promise<void>>();
  await forEachInFlight(actions, limit, stop, async (action) => {
    const keys = keysOf(action);
    const done = Promise.all(keys.map((key) => last.get(key))).then(() => worker(action));
    // Before the first await: the next action is drawn only after this one stands in line.
    for (const key of keys) last.set(key, done);
    await done;
  });
}
