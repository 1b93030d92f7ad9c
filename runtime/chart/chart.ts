import type { AnyEventObject, AnyStateMachine, MachineContext, StateValue } from 'xstate';
import type { CollectedAction } from '../effects.ts';
import { type Execution, run } from './action.ts';
import { Configuration } from './configuration.ts';
import { childrenOf, isLeaf, type StateNode, type Transition } from './node.ts';
import { type Plan, planOf } from './plan.ts';
import { ChartState } from './state.ts';

/** More microsteps than this in one step are a circle. */
const MOST_MICROSTEPS = 1_000;

/**
 * A machine's chart, made ready to be stepped quickly. It takes the same steps as XState's own interpreter (a test holds
 * them side by side), but works out once what XState works out each time: which states a set of transitions leaves and
 * enters, and which actions that means (decision 0014).
 */
export class Chart {
  readonly machine: AnyStateMachine;
  readonly #configurations = new Map<string, Configuration>();

  constructor(machine: AnyStateMachine) {
    this.machine = machine;
  }

  /**
   * A stored state. XState would silently fill in what a value lacks: here nothing is restored on a guess.
   *
   * @throws when the machine has no such state, or the value lacks one.
   */
  restore(value: StateValue, context: MachineContext): ChartState {
    const nodes: StateNode[] = [];
    collect(this.machine.root, value, nodes);
    return new ChartState(this.#configuration(nodes), context);
  }

  /**
   * Takes one event: a macrostep. Where nothing is accepted it gives the same state, and no actions.
   *
   * @throws whatever a guard or an action throws.
   */
  step(
    state: ChartState,
    event: AnyEventObject,
  ): { readonly next: ChartState; readonly actions: readonly CollectedAction[] } {
    const execution: Execution = { context: state.context, event, hasAssigned: false, actions: [], raised: [] };
    let current = state;
    if (current.status === 'active') {
      const enabled = current.configuration.enabledBy(current, event);
      if (enabled.length > 0) current = this.#microstep(current, enabled, execution);
    }
    let looksForAlways = true;
    for (let steps = 0; current.status === 'active'; steps += 1) {
      if (steps > MOST_MICROSTEPS) {
        throw new Error(`${this.machine.id} goes round in circles: ${event.type} leads to ever more steps of its own`);
      }
      const always: readonly Transition[] = looksForAlways
        ? current.configuration.enabledAlways(current, execution.event)
        : NONE;
      const before: ChartState | undefined = always.length > 0 ? current : undefined;
      let enabled: readonly Transition[] = always;
      if (enabled.length === 0) {
        const raised = execution.raised.shift();
        if (raised === undefined) break;
        execution.event = raised;
        enabled = current.configuration.enabledBy(current, raised);
      }
      if (enabled.length > 0) current = this.#microstep(current, enabled, execution);
      looksForAlways = current !== before;
    }
    return { next: current, actions: execution.actions };
  }

  #microstep(state: ChartState, enabled: readonly Transition[], execution: Execution): ChartState {
    const { plan, next } = this.#plan(state.configuration, enabled);
    execution.hasAssigned = false;
    run(this.machine, plan.actions, execution);
    return next === state.configuration && !execution.hasAssigned ? state : new ChartState(next, execution.context);
  }

  #plan(configuration: Configuration, enabled: readonly Transition[]): { plan: Plan; next: Configuration } {
    const [only] = enabled;
    const key = enabled.length === 1 && only !== undefined ? only : enabled.map(numberOf).join();
    let known = configuration.plans.get(key);
    if (known === undefined) {
      const plan = planOf(configuration, enabled);
      known = { plan, next: this.#configuration(plan.nodes) };
      configuration.plans.set(key, known);
    }
    return known;
  }

  #configuration(nodes: readonly StateNode[]): Configuration {
    const key = nodes.map(({ order }) => order).join();
    let known = this.#configurations.get(key);
    if (known === undefined) {
      known = new Configuration(this.machine, nodes);
      this.#configurations.set(key, known);
    }
    return known;
  }
}

const NONE: readonly Transition[] = [];

const numbers = new WeakMap<Transition, number>();
let lastNumber = 0;

function numberOf(transition: Transition): number {
  let number = numbers.get(transition);
  if (number === undefined) {
    lastNumber += 1;
    number = lastNumber;
    numbers.set(transition, number);
  }
  return number;
}

/** Gathers the states that a value names, in the order of the document. */
function collect(node: StateNode, value: StateValue | undefined, nodes: StateNode[]): void {
  nodes.push(node);
  if (isLeaf(node) && value === undefined) return;
  const held = typeof value === 'string' ? { [value]: undefined } : (value ?? {});
  const keys = Object.keys(held);
  const children = childrenOf(node);
  const unknown = keys.find((key) => !Object.hasOwn(node.states, key));
  if (unknown !== undefined) throw new Error(`the state ${node.id}.${unknown} does not exist`);
  if (node.type === 'parallel' && keys.length !== children.length) {
    const needed = children.map(({ key }) => key).join(', ');
    throw new Error(`a region of ${node.id} is missing: it has ${keys.join(', ')}, it needs ${needed}`);
  }
  if (node.type === 'compound' && keys.length !== 1) throw new Error(`${node.id} must be in one state`);
  for (const child of children) {
    if (keys.includes(child.key)) collect(child, (held as Record<string, StateValue | undefined>)[child.key], nodes);
  }
}
