import type { Active } from './activation.ts';
import type { Timer } from './record.ts';
import { type Actor, type Stepped, step } from './step.ts';
import type { OwnTrace } from './tracing.ts';

/**
 * Fires an actor's due timers, one after the other, the earliest first: each may cancel or start others. One whose step
 * fails stays, for a build that can take it, and does not keep the others from firing.
 *
 * @param now the clock's time (ms since 1970).
 * @returns when the next of its timers is due, `undefined` for none: the clock may have been set back since the alarm saw
 *   that it was time.
 */
export function fireDueTimers(
  active: Active,
  now: number,
  ownTrace: OwnTrace | undefined,
  handle: {
    /** Takes over the step; the actor in `active` is the one after it when this returns. */
    readonly take: (stepped: Stepped, timer: Timer) => void;
    readonly onFailed: (timer: Timer, error: unknown) => void;
  },
): number | undefined {
  const broken: Timer[] = [];
  const next = () => earliest(active.actor, (timer) => timer.dueAt <= now && !broken.includes(timer));
  for (let timer = next(); timer !== undefined; timer = next()) {
    try {
      const result = step(active.actor, { kind: 'timer', timer }, now, ownTrace);
      if (result.kind !== 'stepped') throw new Error(`The timer ${timer.id} came to nothing`);
      handle.take(result, timer);
    } catch (error) {
      broken.push(timer);
      handle.onFailed(timer, error);
    }
  }
  return earliest(active.actor, ({ dueAt }) => dueAt > now)?.dueAt;
}

function earliest({ record }: Actor, isMeant: (timer: Timer) => boolean): Timer | undefined {
  return record?.timers.filter(isMeant).toSorted((a, b) => a.dueAt - b.dueAt)[0];
}
