/**
 * A signal that the first Ctrl-C (or SIGTERM) raises, so that a run can end in good order. The handlers are gone after
 * it: a second one ends the process at once.
 *
 * @param said is called when it is raised
 */
export function stopOnSignal(said: () => void): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const release = (): void => {
    process.removeListener('SIGINT', stop);
    process.removeListener('SIGTERM', stop);
  };
  const stop = (): void => {
    release();
    said();
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return { signal: controller.signal, release };
}
