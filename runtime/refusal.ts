import type { AnyEventObject, AnyMachineSnapshot } from 'xstate';
import type { Definition } from './definition.ts';

/** A guard that said no, in words for the caller. */
export interface FailedGuard {
  readonly guard: string;
  readonly why: string;
  /** The quantity or amount that it would let through, where there is one. */
  readonly accepted?: number;
}

/** Why an event was not taken, and what would be. */
export interface Refusal {
  readonly accepts: readonly string[];
  readonly failed: readonly FailedGuard[];
}

/** The commands that would be accepted now, each with nothing but what it cannot do without. */
export function accepted(definition: Definition, snapshot: AnyMachineSnapshot, at: number): readonly string[] {
  return definition.commands.filter((command) => accepts(snapshot, { type: command, at }));
}

/** Whether this very event would be taken. */
export function accepts(snapshot: AnyMachineSnapshot, event: AnyEventObject): boolean {
  if (snapshot.status !== 'active') return false;
  return (snapshot.machine.getTransitionData(snapshot as never, event as never) as readonly unknown[]).length > 0;
}

/** Says of a refused event which guards failed, each once. */
export function refusalOf(definition: Definition, snapshot: AnyMachineSnapshot, event: AnyEventObject): Refusal {
  const at = Number(event.at);
  return { accepts: accepted(definition, snapshot, at), failed: failedGuards(definition, snapshot, event) };
}

/** The named guards that stand between this event and its transitions, each with its explanation. */
export function failedGuards(
  definition: Definition,
  snapshot: AnyMachineSnapshot,
  event: AnyEventObject,
): readonly FailedGuard[] {
  const names = new Set<string>();
  for (const node of snapshot._nodes) {
    for (const candidate of node.transitions.get(event.type) ?? []) {
      for (const name of failing(candidate.guard as Guard | undefined, undefined, snapshot, event)) names.add(name);
    }
  }
  const failed: FailedGuard[] = [];
  for (const guard of names) {
    const why = definition.why(guard, snapshot.context, event);
    if (why !== undefined) failed.push({ guard, ...why });
  }
  return failed;
}

type Predicate = (args: { context: unknown; event: AnyEventObject }, params: unknown) => boolean;
/** A guard composed by `and`, `or`, `not` or `stateIn`, as XState 5 builds it. */
interface Composed {
  readonly name: string;
  readonly guards?: readonly Guard[];
  readonly check: (snapshot: unknown, args: { context: unknown; event: AnyEventObject }, self: unknown) => boolean;
}
type Guard = string | { readonly type: string; readonly params?: unknown } | Predicate | Composed;

/** The names of the leaves that failed. A conjunction is taken apart; any other composition counts as one. */
function failing(
  guard: Guard | undefined,
  name: string | undefined,
  snapshot: AnyMachineSnapshot,
  event: AnyEventObject,
): readonly string[] {
  if (guard === undefined) return [];
  if (typeof guard === 'string' || !('name' in guard || typeof guard === 'function')) {
    const known = typeof guard === 'string' ? guard : guard.type;
    const resolved = snapshot.machine.implementations.guards[known] as Guard | undefined;
    if (typeof resolved === 'function' && !('check' in resolved)) {
      const params = typeof guard === 'string' ? undefined : guard.params;
      return resolved({ context: snapshot.context, event }, params) ? [] : [known];
    }
    return failing(resolved, known, snapshot, event);
  }
  if ('check' in guard) {
    if (guard.name === 'and') {
      return (guard.guards ?? []).flatMap((inner) => failing(inner, undefined, snapshot, event));
    }
    const passed = guard.check(snapshot, { context: snapshot.context, event }, guard);
    return passed || name === undefined ? [] : [name];
  }
  return [];
}
