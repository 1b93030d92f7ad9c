import type { AnyEventObject, AnyStateMachine, StateValue } from 'xstate';
import { type Guard, guardOf } from './guard.ts';
import { ancestorsOf, childrenOf, inDocumentOrder, isLeaf, type StateNode, type Transition } from './node.ts';
import type { Plan } from './plan.ts';
import type { ChartState } from './state.ts';

interface Candidate {
  readonly transition: Transition;
  readonly guard: Guard | undefined;
}

/** Who may take an event: the inner states first; where none of them does, their parent. */
interface Selector {
  readonly inner: readonly Selector[];
  readonly own: readonly Candidate[];
}

const NOBODY: Selector = { inner: [], own: [] };

/**
 * One set of active states, with all that follows from it alone: its value, its tags, which transitions may be enabled.
 * A chart has few of them and its actors share them, so each thing is worked out once.
 */
export class Configuration {
  readonly machine: AnyStateMachine;
  /** In the order of the document. */
  readonly nodes: readonly StateNode[];
  /** Frozen: records and snapshots of all actors in these states share it. */
  readonly value: StateValue;
  readonly tags: ReadonlySet<string>;
  /** The machine has come to its end. */
  readonly isDone: boolean;
  /** What a set of transitions does from here, by the transitions. */
  readonly plans = new Map<Transition | string, { readonly plan: Plan; readonly next: Configuration }>();
  readonly #active: ReadonlySet<StateNode>;
  readonly #selectors = new Map<string, Selector>();
  readonly #eventless: readonly (readonly Candidate[])[];

  constructor(machine: AnyStateMachine, nodes: Iterable<StateNode>) {
    this.machine = machine;
    this.nodes = inDocumentOrder(nodes);
    this.#active = new Set(this.nodes);
    this.value = stateValueOf(machine.root, this.#active);
    this.tags = new Set(this.nodes.flatMap(({ tags }) => tags));
    this.isDone = isFinal(machine.root, this.#active);
    this.#eventless = this.nodes
      .filter(isLeaf)
      .map((leaf) => [leaf, ...ancestorsOf(leaf)].flatMap((node) => this.#candidates(node.always ?? [])))
      .filter((candidates) => candidates.length > 0);
  }

  has(node: StateNode): boolean {
    return this.#active.has(node);
  }

  /** The transitions that an event enables, before conflicts between them are resolved. */
  enabledBy(state: ChartState, event: AnyEventObject): Transition[] {
    let selector = this.#selectors.get(event.type);
    if (selector === undefined) {
      selector = this.#selector(this.machine.root, event.type) ?? NOBODY;
      // Types that nobody takes come from outside, and any number of them.
      if (selector !== NOBODY) this.#selectors.set(event.type, selector);
    }
    const enabled: Transition[] = [];
    if (selector !== NOBODY) select(selector, state, event, enabled);
    return enabled;
  }

  /** The transitions that are enabled without an event (`always`). */
  enabledAlways(state: ChartState, event: AnyEventObject): Transition[] {
    const enabled: Transition[] = [];
    for (const candidates of this.#eventless) {
      const transition = firstOf(candidates, state, event);
      if (transition !== undefined && !enabled.includes(transition)) enabled.push(transition);
    }
    return enabled;
  }

  #selector(node: StateNode, type: string): Selector | undefined {
    const inner = childrenOf(node)
      .filter((child) => this.has(child))
      .map((child) => this.#selector(child, type))
      .filter((selector) => selector !== undefined);
    const own = this.#candidates((node.transitions.get(type) as readonly Transition[] | undefined) ?? []);
    return inner.length === 0 && own.length === 0 ? undefined : { inner, own };
  }

  #candidates(transitions: readonly Transition[]): readonly Candidate[] {
    return transitions.map((transition) => ({ transition, guard: guardOf(this.machine, transition.guard) }));
  }
}

function select({ inner, own }: Selector, state: ChartState, event: AnyEventObject, enabled: Transition[]): void {
  const before = enabled.length;
  for (const selector of inner) select(selector, state, event, enabled);
  if (enabled.length > before) return;
  const transition = firstOf(own, state, event);
  if (transition !== undefined) enabled.push(transition);
}

function firstOf(candidates: readonly Candidate[], state: ChartState, event: AnyEventObject): Transition | undefined {
  for (const { transition, guard } of candidates) {
    if (guard === undefined || guard(state, event)) return transition;
  }
  return undefined;
}

function stateValueOf(node: StateNode, active: ReadonlySet<StateNode>): StateValue {
  const held = childrenOf(node).filter((child) => active.has(child));
  const [only] = held;
  if (node.type === 'compound' && only !== undefined && isLeaf(only)) return only.key;
  return Object.freeze(Object.fromEntries(held.map((child) => [child.key, stateValueOf(child, active)])));
}

/** SCXML's isInFinalState. */
export function isFinal(node: StateNode, active: ReadonlySet<StateNode>): boolean {
  if (node.type === 'compound') return childrenOf(node).some((child) => child.type === 'final' && active.has(child));
  if (node.type === 'parallel') return childrenOf(node).every((child) => isFinal(child, active));
  return node.type === 'final';
}
