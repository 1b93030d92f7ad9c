import type { AnyActorScope, AnyEventObject, AnyMachineSnapshot, AnyStateMachine, StateValue } from 'xstate';
import type { Snapshot } from './definition.ts';
import type { CollectedAction } from './effects.ts';

/**
 * One inert scope for all transitions: it collects actions as data and runs nothing. XState's public `transition()`
 * builds a throw-away actor on every call, which costs three to four times as much (design.md, "Traps, measured").
 */
let collected: CollectedAction[] = [];
const scope = {
  self: {},
  system: { _sendInspectionEvent() {} },
  id: '',
  sessionId: '',
  logger() {},
  defer() {},
  emit() {},
  stopChild() {},
  actionExecutor(action: CollectedAction) {
    collected.push({ type: action.type, params: action.params });
  },
} as unknown as AnyActorScope;

const initials = new WeakMap<AnyStateMachine, AnyMachineSnapshot>();

/** What one event does: the next snapshot and the actions in their order. */
export interface Transition {
  readonly next: AnyMachineSnapshot;
  readonly actions: readonly CollectedAction[];
}

/** Where a new actor begins. Its actions are left out: registration refuses a machine that has any there. */
export function initialSnapshot(machine: AnyStateMachine): AnyMachineSnapshot {
  const known = initials.get(machine);
  if (known !== undefined) return known;
  const initial = initialTransition(machine).next;
  initials.set(machine, initial);
  return initial;
}

/** The initial snapshot together with the actions of getting there. */
export function initialTransition(machine: AnyStateMachine): Transition {
  collected = [];
  const next = machine.getInitialSnapshot(scope, undefined) as AnyMachineSnapshot;
  if (next.status === 'error') throw next.error;
  return { next, actions: collected };
}

/**
 * Takes one event. An event that the state does not take, or whose guard says no, gives the same snapshot reference
 * and no actions.
 */
export function transition(machine: AnyStateMachine, snapshot: AnyMachineSnapshot, event: AnyEventObject): Transition {
  collected = [];
  const next = machine.transition(snapshot, event, scope) as AnyMachineSnapshot;
  return { next, actions: collected };
}

/**
 * The live snapshot of a stored one. The context is shared, not copied: machines never change it in place.
 *
 * @throws when the machine has no such state.
 */
export function restore(machine: AnyStateMachine, stored: Snapshot): AnyMachineSnapshot {
  assertState(machine.root, stored.value);
  return machine.resolveState({ value: stored.value, context: stored.context }) as AnyMachineSnapshot;
}

/** XState silently fills in regions and initial states that a stored value lacks: nothing is restored on a guess. */
function assertState(node: AnyStateMachine['root'], value: StateValue | undefined): void {
  const names = Object.keys(node.states);
  if (node.type === 'atomic' || node.type === 'final') return;
  const held = typeof value === 'string' ? { [value]: undefined } : (value ?? {});
  const keys = Object.keys(held);
  const unknown = keys.find((key) => !names.includes(key));
  if (unknown !== undefined) throw new Error(`the state ${node.id}.${unknown} does not exist`);
  if (node.type === 'parallel' && keys.length !== names.length) {
    throw new Error(`a region of ${node.id} is missing: it has ${keys.join(', ')}, it needs ${names.join(', ')}`);
  }
  if (node.type === 'compound' && keys.length !== 1) throw new Error(`${node.id} must be in one state`);
  for (const key of keys) {
    const child = node.states[key];
    if (child !== undefined) assertState(child, (held as Record<string, StateValue | undefined>)[key]);
  }
}

/** Busy actors have a transaction under way: their commands are answered once they have settled. */
export function isBusy(snapshot: AnyMachineSnapshot): boolean {
  return snapshot.tags.has('busy');
}
