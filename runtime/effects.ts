import type { AnyEventObject } from 'xstate';
import type { Announcement } from './journal.ts';
import type { Timer } from './record.ts';

/**
 * What a transition may cause, and nothing else. Machines name the first three as their own actions with these
 * params; the rest are XState's: `emit`, `after` and delayed `raise`, `cancel`.
 */
export type Effect =
  | { readonly kind: 'ask'; readonly id: string; readonly to: string; readonly event: AnyEventObject }
  | { readonly kind: 'reply'; readonly payload: unknown }
  | { readonly kind: 'settle'; readonly error: unknown }
  | { readonly kind: 'announce'; readonly announcement: Announcement }
  | { readonly kind: 'timer'; readonly timer: Timer }
  | { readonly kind: 'cancel'; readonly id: string };

/** The names that a machine's own actions may have when they are effects; everything else must be an `assign`. */
export const EFFECT_ACTIONS = ['ask', 'reply', 'settle'] as const;

/** An action as XState hands it out: a name and resolved params. */
export interface CollectedAction {
  readonly type: string;
  readonly params: unknown;
}

/**
 * Reads one collected action.
 *
 * @param at the step's time; delays count from it.
 * @returns the effect; `undefined` for an immediate raise (XState has already processed it, yet lists it) and for a
 *   delay of `Infinity`, by which a machine says "no timer".
 * @throws for an action that is none of the vocabulary: our own bug, which registration should have caught.
 */
export function effectOf(action: CollectedAction, at: number): Effect | undefined {
  const params = action.params;
  switch (action.type) {
    case 'ask': {
      const { id, to, event } = params as { id: string; to: string; event: AnyEventObject };
      return { kind: 'ask', id, to, event };
    }
    case 'reply':
      return { kind: 'reply', payload: params };
    case 'settle':
      return { kind: 'settle', error: params };
    case 'xstate.emit':
      return { kind: 'announce', announcement: (params as { event: Announcement }).event };
    case 'xstate.cancel':
      return { kind: 'cancel', id: (params as { sendId: string }).sendId };
    case 'xstate.raise': {
      const { id, delay, event } = params as { id?: string; delay?: number; event: AnyEventObject };
      if (typeof delay !== 'number' || delay === Number.POSITIVE_INFINITY) return undefined;
      return { kind: 'timer', timer: { id: id ?? event.type, dueAt: at + Math.max(0, Math.ceil(delay)), event } };
    }
    default:
      throw new Error(`The action "${action.type}" is none of the effects that the runtime knows`);
  }
}
