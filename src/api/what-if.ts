import type { AnyEventObject } from 'xstate';
import type { OrderContext } from '../../machines/order/order-context.ts';
import type { Look } from '../../runtime/host-options.ts';
import type { FailedGuard } from '../../runtime/refusal.ts';
import { type Actor, newActor, type StepResult, step } from '../../runtime/step.ts';
import { stateRecord } from './failure.ts';

export interface WhatIfStep {
  readonly event: AnyEventObject;
  readonly accepted: boolean;
  readonly state: Record<string, string>;
  /** What would be asked of others and announced, in this order. */
  readonly effects: readonly object[];
  readonly failed: readonly FailedGuard[];
}

/**
 * Plays events through the order's own machine, one after another; nothing is written and nobody is asked. Where an
 * event begins a transaction, all others are assumed to vote yes; the step says so among its effects.
 */
export function whatIf(look: Look, events: readonly AnyEventObject[], now: number): readonly WhatIfStep[] {
  let actor = actorOf(look);
  return events.map((event) => {
    const played = play(actor, event, now);
    actor = played.actor;
    return played.step;
  });
}

function actorOf({ state, snapshot, definition }: Look): Actor {
  const { address, seq, at, value, context } = state;
  const record = {
    machine: definition.type,
    version: definition.version,
    seq,
    at,
    value,
    context,
    timers: [],
    asks: [],
    waiting: [],
    requests: [],
    expired: new Uint8Array(0),
  };
  return { ...newActor(address, definition, seq), record, snapshot };
}

function play(actor: Actor, event: AnyEventObject, now: number): { actor: Actor; step: WhatIfStep } {
  const result = step(actor, { kind: 'command', event, cause: 'what-if' }, now);
  if (result.kind !== 'stepped') {
    const failed = result.kind === 'refused' ? result.refusal.failed : [];
    const state = stateRecord(actor.snapshot.value);
    return { actor, step: { event, accepted: false, state, effects: [], failed } };
  }
  const effects: object[] = [...effectsOf(result)];
  let after = result.actor;
  const { transaction } = after.snapshot.context as OrderContext;
  if (transaction !== null) {
    effects.push({ kind: 'assumed', votes: 'yes', transaction: transaction.id });
    const commit = { type: 'commit', transaction: transaction.id };
    const committed = step(after, { kind: 'message', event: commit, cause: 'what-if' }, now);
    if (committed.kind === 'stepped') {
      after = committed.actor;
      effects.push(...effectsOf(committed));
    }
  }
  const state = stateRecord(after.snapshot.value);
  return { actor: after, step: { event, accepted: true, state, effects, failed: [] } };
}

function effectsOf(result: Extract<StepResult, { kind: 'stepped' }>): readonly object[] {
  return [
    ...result.asks.flatMap(({ event }) =>
      (Array.isArray(event.branches) ? event.branches : []).map((branch: Record<string, unknown>) => {
        const { participant, branch: name, operation, args } = branch;
        const { method: _method, ...shown } = args as Record<string, unknown>;
        return { kind: 'ask', participant, branch: name, operation, args: shown };
      }),
    ),
    ...result.announcements.map(({ type, ...rest }) => ({ kind: 'announce', type, ...rest })),
  ];
}
