import type { AnyActorScope, AnyEventObject, AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { Chart } from './chart/chart.ts';
import { ChartState, snapshotOf } from './chart/state.ts';
import type { Snapshot } from './definition.ts';
import type { CollectedAction } from './effects.ts';

/** What one event does: the next snapshot and the actions in their order. */
export interface Transition {
  readonly next: AnyMachineSnapshot;
  readonly actions: readonly CollectedAction[];
}

const charts = new WeakMap<AnyStateMachine, Chart>();

function chartOf(machine: AnyStateMachine): Chart {
  let chart = charts.get(machine);
  if (chart === undefined) {
    chart = new Chart(machine);
    charts.set(machine, chart);
  }
  return chart;
}

const initials = new WeakMap<AnyStateMachine, AnyMachineSnapshot>();

/** Where a new actor begins. Its actions are left out: registration refuses a machine that has any there. */
export function initialSnapshot(machine: AnyStateMachine): AnyMachineSnapshot {
  let initial = initials.get(machine);
  if (initial === undefined) {
    const { value, context } = initialTransition(machine).next;
    initial = snapshotOf(chartOf(machine).restore(value, context));
    initials.set(machine, initial);
  }
  return initial;
}

/** XState's own way to the initial snapshot, with the actions of getting there. */
export function initialTransition(machine: AnyStateMachine): Transition {
  const actions: CollectedAction[] = [];
  const scope = {
    self: {},
    system: { _sendInspectionEvent() {} },
    defer() {},
    emit() {},
    actionExecutor: ({ type, params }: CollectedAction) => void actions.push({ type, params }),
  } as unknown as AnyActorScope;
  const next = machine.getInitialSnapshot(scope, undefined) as AnyMachineSnapshot;
  if (next.status === 'error') throw next.error;
  return { next, actions };
}

/**
 * Takes one event. An event that the state does not take, or whose guard says no, gives the same snapshot reference
 * and no actions.
 *
 * @param snapshot one that this module has given.
 * @throws whatever a guard or an action throws.
 */
export function transition(machine: AnyStateMachine, snapshot: AnyMachineSnapshot, event: AnyEventObject): Transition {
  const chart = chartOf(machine);
  const state =
    (snapshot as unknown) instanceof ChartState
      ? (snapshot as unknown as ChartState)
      : chart.restore(snapshot.value, snapshot.context);
  const { next, actions } = chart.step(state, event);
  return { next: next === state ? snapshot : snapshotOf(next), actions };
}

/**
 * The live snapshot of a stored one. The context is shared, not copied: machines never change it in place.
 *
 * @throws when the machine has no such state.
 */
export function restore(machine: AnyStateMachine, stored: Snapshot): AnyMachineSnapshot {
  return snapshotOf(chartOf(machine).restore(stored.value, stored.context));
}

/** Busy actors have a transaction under way: their commands are answered once they have settled. */
export function isBusy(snapshot: AnyMachineSnapshot): boolean {
  return snapshot.tags.has('busy');
}
