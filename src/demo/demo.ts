import { abortedBy, type OrderService, refusalOf, send } from '../import/service.ts';
import { lineFor } from './line.ts';
import type { Random } from './random.ts';
import { applied, type DemoAction, type DemoOutcome, type DemoState, nextAction } from './scheduler.ts';

/** Time as the demo needs it; `until` ends early when the signal is raised. */
export type DemoClock = { now(): number; until(time: number, stop: AbortSignal): Promise<void> };

/** The clock on the wall. */
export const wallClock: DemoClock = {
  now: Date.now,
  until: (time, stop) =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        stop.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, Math.max(0, time - Date.now()));
      stop.addEventListener('abort', end);
      if (stop.aborted) end();
    }),
};

/** How a demo runs. */
export type DemoOptions = {
  /** Milliseconds between two happenings. */
  readonly intervalMs: number;
  readonly stop: AbortSignal;
  readonly random: Random;
  readonly clock: DemoClock;
  readonly say: (line: string) => void;
  /** Told how many orders have met their fate, after each happening. */
  readonly seen?: (orders: number) => void;
};

/**
 * Does one thing after the other at a steady rate, until it is stopped or every order has met its fate.
 *
 * @returns the state at the end
 * @throws ServiceGone when the service no longer answers.
 */
export async function runDemo(state: DemoState, service: OrderService, options: DemoOptions): Promise<DemoState> {
  const { intervalMs, stop, random, clock, say, seen } = options;
  let now = state;
  let due = clock.now();
  while (!stop.aborted) {
    const action = nextAction(now, random);
    const outcome = await perform(service, action);
    say(lineFor(action, outcome));
    if (action.do === 'end') break;
    now = applied(now, action, outcome);
    seen?.(now.placed - now.live.size);
    // A slow answer delays what follows; it is not caught up with a burst.
    due = Math.max(due + intervalMs, clock.now());
    await clock.until(due, stop);
  }
  return now;
}

async function perform(service: OrderService, action: DemoAction): Promise<DemoOutcome> {
  if (action.do === 'end') return { kind: 'done' };
  try {
    if (action.do === 'command') return { kind: 'done', view: await send(service, action.command) };
    await service.receiveStock(action.sku, action.quantity, 'demo', action.requestId);
    return { kind: 'done' };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    const votes = abortedBy(refusal);
    const view = action.do === 'command' ? await service.getOrder(action.command.order) : undefined;
    return { kind: 'refused', codes: votes.length > 0 ? votes : [refusal.code], view };
  }
}
