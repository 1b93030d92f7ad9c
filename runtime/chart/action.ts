import type { AnyEventObject, AnyStateMachine, MachineContext } from 'xstate';
import type { CollectedAction } from '../effects.ts';

interface Arguments {
  readonly context: MachineContext;
  readonly event: AnyEventObject;
}

type Expression<T> = T | ((args: Arguments, params: unknown) => T);
type Assignment = Expression<Partial<MachineContext>> | Readonly<Record<string, Expression<unknown>>>;

/** An action as XState's `assign`, `emit`, `raise`, `cancel` and `enqueueActions` make it. */
interface Builtin {
  readonly type: string;
  readonly assignment?: Assignment;
  readonly collect?: (args: Arguments & { readonly enqueue: Enqueue }, params: unknown) => void;
  readonly event?: Expression<AnyEventObject>;
  readonly id?: string;
  readonly delay?: string | Expression<number | undefined>;
  readonly sendId?: Expression<string>;
}

/** An action that is ready to be carried out. */
export type Action =
  | { readonly kind: 'assign'; readonly assignment: Assignment; readonly params: unknown }
  | { readonly kind: 'enqueue'; readonly collect: NonNullable<Builtin['collect']>; readonly params: unknown }
  | { readonly kind: 'emit'; readonly event: Expression<AnyEventObject>; readonly params: unknown }
  | {
      readonly kind: 'raise';
      readonly event: Expression<AnyEventObject>;
      readonly id: string | undefined;
      readonly delay: Expression<number | undefined>;
      readonly params: unknown;
    }
  | { readonly kind: 'cancel'; readonly sendId: Expression<string>; readonly params: unknown }
  /** One of the runtime's own effects: a name and its params. */
  | { readonly kind: 'effect'; readonly type: string; readonly params: unknown }
  /** A state has been completed by the entry of its final state. */
  | { readonly kind: 'done'; readonly id: string; readonly params: undefined };

/** What one macrostep gathers. */
export interface Execution {
  context: MachineContext;
  event: AnyEventObject;
  /** Whether anything has assigned to the context, even what it held before. */
  hasAssigned: boolean;
  readonly actions: CollectedAction[];
  /** Events that were raised without a delay. */
  readonly raised: AnyEventObject[];
}

/** Looks the implementations of actions up once. */
export function actionsOf(machine: AnyStateMachine, configs: readonly unknown[]): readonly Action[] {
  return configs.map((config) => actionOf(machine, config));
}

function actionOf(machine: AnyStateMachine, config: unknown): Action {
  if (typeof config === 'function') return builtinAction(machine, config, undefined);
  const { type, params } =
    typeof config === 'string' ? { type: config, params: undefined } : (config as { type: string; params?: unknown });
  const declared = (machine.implementations.actions as Readonly<Record<string, unknown>>)[type];
  // The effects are declared without doing anything: the runtime carries them out.
  if (typeof declared !== 'function' || !('resolve' in declared)) return { kind: 'effect', type, params };
  return builtinAction(machine, declared, params);
}

function builtinAction(machine: AnyStateMachine, declared: unknown, params: unknown): Action {
  const { type, assignment, collect, event, id, delay, sendId } = declared as Builtin;
  if (type === 'xstate.assign' && assignment !== undefined) return { kind: 'assign', assignment, params };
  if (type === 'xstate.enqueueActions' && collect !== undefined) return { kind: 'enqueue', collect, params };
  if (type === 'xstate.emit' && event !== undefined) return { kind: 'emit', event, params };
  if (type === 'xstate.cancel' && sendId !== undefined) return { kind: 'cancel', sendId, params };
  if (type === 'xstate.raise' && event !== undefined) {
    return { kind: 'raise', event, id, delay: delayOf(machine, delay), params };
  }
  throw new Error(`The machine ${machine.id} has an action (${type ?? 'plain code'}) that the runtime does not know`);
}

function delayOf(machine: AnyStateMachine, delay: Builtin['delay']): Expression<number | undefined> {
  if (typeof delay !== 'string') return delay;
  return (machine.implementations.delays as Readonly<Record<string, Expression<number | undefined>>>)[delay];
}

/** Carries actions out, in their order, on the execution. Pure but for it. */
export function run(machine: AnyStateMachine, actions: readonly Action[], execution: Execution): void {
  for (const action of actions) runOne(machine, action, execution);
}

function runOne(machine: AnyStateMachine, action: Action, execution: Execution): void {
  const args = { context: execution.context, event: execution.event };
  const params = typeof action.params === 'function' ? action.params(args) : action.params;
  switch (action.kind) {
    case 'assign':
      execution.context = assigned(action.assignment, args, params);
      execution.hasAssigned = true;
      return;
    case 'enqueue':
      return run(machine, enqueued(machine, action.collect, args, params), execution);
    case 'emit':
      execution.actions.push({ type: 'xstate.emit', params: { event: evaluated(action.event, args, params) } });
      return;
    case 'raise': {
      const event = evaluated(action.event, args, params);
      const delay = evaluated(action.delay, args, params);
      if (typeof delay !== 'number') execution.raised.push(event);
      execution.actions.push({ type: 'xstate.raise', params: { event, id: action.id, delay } });
      return;
    }
    case 'cancel':
      execution.actions.push({ type: 'xstate.cancel', params: { sendId: evaluated(action.sendId, args, params) } });
      return;
    case 'effect':
      execution.actions.push({ type: action.type, params });
      return;
    case 'done':
      execution.raised.push({ type: `xstate.done.state.${action.id}`, output: undefined });
  }
}

function evaluated<T>(expression: Expression<T>, args: Arguments, params: unknown): T {
  return typeof expression === 'function'
    ? (expression as (args: Arguments, params: unknown) => T)(args, params)
    : expression;
}

function assigned(assignment: Assignment, args: Arguments, params: unknown): MachineContext {
  if (typeof assignment === 'function') return { ...args.context, ...assignment(args, params) };
  const context = { ...args.context };
  for (const [key, expression] of Object.entries(assignment)) context[key] = evaluated(expression, args, params);
  return context;
}

/** What `enqueueActions` hands to a machine: the actions that the vocabulary has. */
interface Enqueue {
  (action: unknown): void;
  assign(assignment: Assignment): void;
  emit(event: Expression<AnyEventObject>): void;
  raise(event: Expression<AnyEventObject>, options?: Pick<Builtin, 'id' | 'delay'>): void;
  cancel(sendId: Expression<string>): void;
}

/** One for all: a transition is synchronous, and what one collects is taken out before the next begins. */
let collected: Action[] = [];
let collectingFor: AnyStateMachine;
const enqueue: Enqueue = Object.assign((action: unknown) => void collected.push(actionOf(collectingFor, action)), {
  assign: (assignment: Assignment) => void collected.push({ kind: 'assign', assignment, params: undefined }),
  emit: (event: Expression<AnyEventObject>) => void collected.push({ kind: 'emit', event, params: undefined }),
  raise: (event: Expression<AnyEventObject>, { id, delay }: Pick<Builtin, 'id' | 'delay'> = {}) =>
    void collected.push({ kind: 'raise', event, id, delay: delayOf(collectingFor, delay), params: undefined }),
  cancel: (sendId: Expression<string>) => void collected.push({ kind: 'cancel', sendId, params: undefined }),
});

function enqueued(
  machine: AnyStateMachine,
  collect: NonNullable<Builtin['collect']>,
  { context, event }: Arguments,
  params: unknown,
): readonly Action[] {
  collected = [];
  collectingFor = machine;
  collect({ context, event, enqueue }, params);
  return collected;
}
