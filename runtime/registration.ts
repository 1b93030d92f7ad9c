import type { AnyStateMachine } from 'xstate';
import type { Definition } from './definition.ts';
import { EFFECT_ACTIONS } from './effects.ts';
import { RuntimeError } from './errors.ts';
import { initialTransition } from './statechart.ts';

type StateNode = AnyStateMachine['root'];

/** XState's own actions that a machine may declare under a name; the rest start actors, send to them or log. */
const ALLOWED_BUILTINS = new Set([
  'xstate.assign',
  'xstate.raise',
  'xstate.cancel',
  'xstate.emit',
  'xstate.enqueueActions',
]);

/**
 * Takes in the definitions that a host will run.
 *
 * @throws RuntimeError MACHINE_REFUSED, which names each state and what is wrong with it: a machine may use named
 *   actions, guards and delays only, no invoke, no spawn, and no effects but the runtime's own.
 */
export function register(definitions: readonly Definition[]): ReadonlyMap<string, Definition> {
  const registered = new Map<string, Definition>();
  const problems: string[] = [];
  for (const definition of definitions) {
    if (registered.has(definition.type)) problems.push(`${definition.type}: registered twice`);
    problems.push(...problemsOf(definition).map((problem) => `${definition.type}: ${problem}`));
    registered.set(definition.type, definition);
  }
  if (problems.length > 0) {
    throw new RuntimeError(
      'MACHINE_REFUSED',
      `These machines can't run here; mend them first:\n  ${problems.join('\n  ')}`,
    );
  }
  return registered;
}

/** Everything that stands between this machine and the runtime, in words. */
export function problemsOf(definition: Definition): readonly string[] {
  const { machine, type, version, commands } = definition;
  const problems: string[] = [];
  if (machine.id !== type) problems.push(`its machine's id is "${machine.id}"; it must be the actor's type`);
  if (!Number.isInteger(version) || version < 1) problems.push('its version must be a whole number from 1');
  for (const command of commands) {
    if (!machine.events.includes(command)) problems.push(`no state takes the command "${command}"`);
  }
  problems.push(...implementationProblems(machine));
  for (const node of nodesOf(machine.root)) {
    problems.push(...nodeProblems(machine, node).map((problem) => `state ${node.id}: ${problem}`));
  }
  if (problems.length === 0 && initialTransition(machine).actions.length > 0) {
    problems.push('getting to its initial state has effects; begin in a state without them and leave it by an event');
  }
  return problems;
}

function nodesOf(node: StateNode): readonly StateNode[] {
  return [node, ...Object.values(node.states).flatMap(nodesOf)];
}

function implementationProblems(machine: AnyStateMachine): readonly string[] {
  const problems: string[] = [];
  for (const [name, action] of Object.entries(machine.implementations.actions as Record<string, unknown>)) {
    const builtin = builtinType(action);
    if (builtin === undefined && !(EFFECT_ACTIONS as readonly string[]).includes(name)) {
      problems.push(`the action "${name}" is plain code; only assign and the effects may act`);
    } else if (builtin !== undefined && !ALLOWED_BUILTINS.has(builtin)) {
      problems.push(`the action "${name}" is ${builtin}, which the runtime does not know`);
    }
  }
  return problems;
}

function nodeProblems(machine: AnyStateMachine, node: StateNode): readonly string[] {
  const problems: string[] = [];
  const { actions, guards, delays } = machine.implementations as unknown as Record<string, Record<string, unknown>>;
  if (node.config.invoke !== undefined) problems.push('it invokes an actor; ask one by its address instead');
  if (node.type === 'history') problems.push('it is a history state, which a record does not hold');
  for (const delay of Object.keys((node.config.after ?? {}) as object)) {
    if (delays?.[delay] === undefined) problems.push(`the delay "${delay}" is not declared under a name in setup()`);
    // The state that a timer belongs to is read from its name, behind the delay's.
    if (delay.includes('.')) problems.push(`the delay "${delay}" has a dot in its name`);
  }
  for (const action of [...node.entry, ...node.exit]) problems.push(...actionProblems(action, actions));
  for (const transition of [...[...node.transitions.values()].flat(), ...(node.always ?? [])]) {
    const on = transition.eventType === '' ? 'always' : `on "${transition.eventType}"`;
    if (transition.eventType.includes('*')) problems.push(`${on}: name the events it takes, wildcards hide refusals`);
    for (const action of transition.actions) {
      problems.push(...actionProblems(action, actions).map((problem) => `${on}: ${problem}`));
    }
    problems.push(...guardProblems(transition.guard, guards).map((problem) => `${on}: ${problem}`));
  }
  return problems;
}

function actionProblems(action: unknown, declared: Record<string, unknown> | undefined): readonly string[] {
  if (typeof action === 'function') {
    // `after` puts its own raise and cancel into entry and exit.
    const builtin = builtinType(action);
    const own = action as { event?: { type?: unknown }; sendId?: unknown };
    const isTimer =
      (builtin === 'xstate.raise' && String(own.event?.type).startsWith('xstate.after.')) ||
      (builtin === 'xstate.cancel' && String(own.sendId).startsWith('xstate.after.'));
    return isTimer ? [] : ['it has an action without a name; declare it in setup()'];
  }
  const name = typeof action === 'string' ? action : (action as { type: string }).type;
  return declared?.[name] === undefined ? [`the action "${name}" is not declared in setup()`] : [];
}

function guardProblems(guard: unknown, declared: Record<string, unknown> | undefined): readonly string[] {
  if (guard === undefined) return [];
  if (typeof guard === 'function') return ['it has a guard without a name; declare it in setup()'];
  const name = typeof guard === 'string' ? guard : (guard as { type: string }).type;
  return declared?.[name] === undefined ? [`the guard "${name}" is not declared in setup()`] : [];
}

function builtinType(action: unknown): string | undefined {
  const type = (action as { type?: unknown }).type;
  return typeof action === 'function' && 'resolve' in action && typeof type === 'string' ? type : undefined;
}
