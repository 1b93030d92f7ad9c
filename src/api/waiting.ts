import type { Address } from '../../runtime/address.ts';
import type { ActorState } from '../../runtime/definition.ts';
import type { Host } from '../../runtime/host.ts';
import type { Clock } from '../../runtime/ports.ts';
import { failure } from './failure.ts';

/** Whom and what a wait needs. */
export interface WaitParts {
  readonly host: Host;
  readonly clock: Clock;
  /** Aborted when the service stops: it does not wait for those who wait. */
  readonly stopping: AbortSignal;
}

/** What a wait came to. `undefined`: there is no such actor. */
export type Waited = { readonly isReached: boolean; readonly state: ActorState } | undefined;

/**
 * Waits until an actor is as wanted.
 *
 * @param timeoutMs how long at most; the state is then that of the moment. So it is when whoever waits has `gone`.
 */
export async function waitFor(
  { host, clock, stopping }: WaitParts,
  address: Address,
  { timeoutMs, gone }: { readonly timeoutMs: number; readonly gone: AbortSignal | undefined },
  isReached: (state: ActorState) => boolean,
): Promise<Waited> {
  let tell: (() => void) | undefined;
  let reached: ActorState | undefined;
  // Watched before it is looked at: nothing that happens in between is missed.
  const unwatch = host.watch(address, (state) => {
    if (!isReached(state)) return;
    reached ??= state;
    tell?.();
  });
  try {
    const now = await host.look(address);
    if (now === undefined) return undefined;
    if (isReached(now.state)) return { isReached: true, state: now.state };
    if (reached === undefined && gone?.aborted !== true) {
      await new Promise<void>((resolve) => {
        const end = () => {
          cancel();
          stopping.removeEventListener('abort', end);
          gone?.removeEventListener('abort', end);
          resolve();
        };
        const cancel = clock.schedule(timeoutMs, end);
        stopping.addEventListener('abort', end);
        gone?.addEventListener('abort', end);
        tell = end;
      });
    }
    if (stopping.aborted) throw failure('SHUTTING_DOWN', 'The service is stopping; wait again in a moment.', {});
    if (reached !== undefined) return { isReached: true, state: reached };
    return { isReached: false, state: (await host.look(address))?.state ?? now.state };
  } finally {
    unwatch();
  }
}
