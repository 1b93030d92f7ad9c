import { expect } from 'vitest';
import type { AnyActorScope, AnyEventObject, AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import type { CollectedAction } from '../../../runtime/effects.ts';
import { restore, transition } from '../../../runtime/statechart.ts';

/** One event as XState's own interpreter takes it, from a snapshot that it has restored. */
export function referenceTransition(
  machine: AnyStateMachine,
  { value, context }: Pick<AnyMachineSnapshot, 'value' | 'context'>,
  event: AnyEventObject,
): { before: AnyMachineSnapshot; next: AnyMachineSnapshot; actions: readonly CollectedAction[] } {
  const actions: CollectedAction[] = [];
  const scope = {
    self: {},
    system: { _sendInspectionEvent() {} },
    defer() {},
    emit() {},
    stopChild() {},
    actionExecutor: ({ type, params }: CollectedAction) => void actions.push({ type, params }),
  } as unknown as AnyActorScope;
  const before = machine.resolveState({ value, context }) as AnyMachineSnapshot;
  const next = machine.transition(before, event, scope) as AnyMachineSnapshot;
  return { before, next, actions };
}

/** Takes an event both ways, and expects the same of both. Gives the next snapshot, as the runtime has it. */
export function takeBothWays(
  machine: AnyStateMachine,
  snapshot: AnyMachineSnapshot,
  event: AnyEventObject,
): AnyMachineSnapshot {
  const reference = referenceTransition(machine, snapshot, event);
  const own = transition(machine, restore(machine, snapshot), event);
  const changed = transition(machine, snapshot, event);
  expect(own.next.value).toEqual(reference.next.value);
  expect(own.next.context).toEqual(reference.next.context);
  expect(own.next.status).toBe(reference.next.status);
  expect([...own.next.tags].sort()).toEqual([...reference.next.tags].sort());
  expect(own.actions).toEqual(reference.actions);
  expect(changed.next === snapshot).toBe(reference.next === reference.before);
  return changed.next;
}
