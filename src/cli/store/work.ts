import { progressOn } from '../../import/progress.ts';
import { stopOnSignal } from '../../import/stop-on-signal.ts';
import type { Advance, OnAdvance } from '../../store/advance.ts';
import { StoreToolError } from '../../store/errors.ts';
import type { CliContext } from '../context.ts';

/**
 * Runs long work: on a terminal with a bar that shows rate and time left, and so that Ctrl-C ends it in good order.
 *
 * @param work is handed what to call as it goes; the call throws once somebody wants it to end.
 */
export async function withProgress<Result>(
  context: Pick<CliContext, 'writeError'>,
  work: (onAdvance: OnAdvance) => Promise<Result>,
): Promise<Result> {
  const shown = process.stderr.isTTY === true ? new ShownAdvance() : undefined;
  const { signal, release } = stopOnSignal(() => context.writeError('stopping\n'));
  try {
    return await work((advance) => {
      if (signal.aborted) {
        throw new StoreToolError('INTERRUPTED', 'Stopped. What was begun is taken back; run the same command again.');
      }
      shown?.advance(advance);
    });
  } finally {
    shown?.end();
    release();
  }
}

/** Long work as a progress bar. A part of unknown size is over before it would be worth one. */
class ShownAdvance {
  readonly #progress = progressOn(process.stderr);
  #part: string | undefined;
  #done = 0;

  advance({ part, done, total, unit }: Advance): void {
    if (total === null) return;
    if (part !== this.#part) {
      this.end();
      this.#progress.begin(part, total, unit);
      this.#part = part;
      this.#done = 0;
    }
    this.#progress.advance(done - this.#done);
    this.#done = done;
  }

  end(): void {
    if (this.#part !== undefined) this.#progress.end();
    this.#part = undefined;
  }
}
