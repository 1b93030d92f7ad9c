/**
 * Works through items in order with at most `limit` under way. Once `stop` is raised, or a worker throws, no new item
 * is begun; those under way are finished.
 *
 * @returns how many items were finished.
 * @throws the first error of a worker, after the others have finished.
 */
export async function forEachInFlight<T>(
  items: Iterable<T>,
  limit: number,
  stop: AbortSignal,
  worker: (item: T) => Promise<void>,
): Promise<number> {
  const iterator = items[Symbol.iterator]();
  const failures: unknown[] = [];
  let finished = 0;
  const lane = async (): Promise<void> => {
    while (!stop.aborted && failures.length === 0) {
      const next = iterator.next();
      if (next.done === true) return;
      try {
        await worker(next.value);
        finished += 1;
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, lane));
  if (failures.length > 0) throw failures[0];
  return finished;
}
