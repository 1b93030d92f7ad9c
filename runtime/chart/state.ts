import type { AnyMachineSnapshot, AnyStateMachine, MachineContext, StateValue } from 'xstate';
import { matchesState } from 'xstate';
import type { Configuration } from './configuration.ts';
import type { StateNode } from './node.ts';

/**
 * Where an actor stands: the active states and its context. It can be read like an XState snapshot, but it holds
 * nothing that the configuration, which all actors in the same states share, already has.
 */
export class ChartState {
  readonly configuration: Configuration;
  readonly context: MachineContext;

  constructor(configuration: Configuration, context: MachineContext) {
    this.configuration = configuration;
    this.context = context;
  }

  get machine(): AnyStateMachine {
    return this.configuration.machine;
  }

  get value(): StateValue {
    return this.configuration.value;
  }

  get tags(): ReadonlySet<string> {
    return this.configuration.tags;
  }

  get status(): 'active' | 'done' {
    return this.configuration.isDone ? 'done' : 'active';
  }

  /** The active states, in the order of the document. */
  get _nodes(): readonly StateNode[] {
    return this.configuration.nodes;
  }

  matches(value: StateValue): boolean {
    return matchesState(value, this.value);
  }

  hasTag(tag: string): boolean {
    return this.tags.has(tag);
  }

  /** All of it as plain fields, for XState's own functions. */
  asSnapshot(): Readonly<Record<string, unknown>> {
    const { machine, value, tags, status, context, _nodes } = this;
    return { machine, value, tags, status, context, _nodes, matches: this.matches, hasTag: this.hasTag };
  }
}

/** The state as the rest of the runtime names it: it answers to all that is asked of an XState snapshot there. */
export function snapshotOf(state: ChartState): AnyMachineSnapshot {
  return state as unknown as AnyMachineSnapshot;
}
