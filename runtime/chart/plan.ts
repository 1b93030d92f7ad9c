import { type Action, actionsOf } from './action.ts';
import { type Configuration, isFinal } from './configuration.ts';
import {
  ancestorsOf,
  childrenOf,
  inDocumentOrder,
  isDescendant,
  type StateNode,
  type Transition,
  targetsOf,
} from './node.ts';

/** What taking some transitions from one configuration does, apart from what depends on context and event. */
export interface Plan {
  /** Those of the states left, of the transitions, of the states entered, in SCXML's order. */
  readonly actions: readonly Action[];
  /** The states that are active then. */
  readonly nodes: readonly StateNode[];
}

/**
 * Works out one microstep: SCXML's exitStates, executeTransitionContent and enterStates (W3C, "State Chart XML",
 * Appendix D), for charts without history.
 *
 * @param enabled not empty.
 */
export function planOf(configuration: Configuration, enabled: readonly Transition[]): Plan {
  const { machine } = configuration;
  const transitions = withoutConflicts(configuration, enabled);
  const active = new Set(configuration.nodes);
  const actions: Action[] = [];

  const left = inDocumentOrder(exitSet(configuration, transitions)).reverse();
  for (const node of left) {
    actions.push(...actionsOf(machine, node.exit));
    active.delete(node);
  }

  for (const transition of transitions) actions.push(...actionsOf(machine, transition.actions));

  const entry = new Entry();
  for (const transition of transitions) entry.add(transition);
  const completed = new Set<StateNode>();
  let isDone = false;
  for (const node of inDocumentOrder(entry.nodes)) {
    active.add(node);
    actions.push(...actionsOf(machine, node.entry));
    if (entry.byDefault.has(node)) actions.push(...actionsOf(machine, node.initial?.actions ?? []));
    if (node.type === 'final') isDone = complete(node, active, completed, actions) || isDone;
  }
  const nodes = inDocumentOrder(active);
  if (isDone) for (const node of nodes.toReversed()) actions.push(...actionsOf(machine, node.exit));
  return { actions, nodes };
}

/** Raises what the entry of a final state completes. True: the machine itself. */
function complete(
  node: StateNode,
  active: ReadonlySet<StateNode>,
  completed: Set<StateNode>,
  actions: Action[],
): boolean {
  const { parent } = node;
  let above = parent?.type === 'parallel' ? parent : parent?.parent;
  if (parent?.type === 'compound') actions.push({ kind: 'done', id: parent.id, params: undefined });
  while (above?.type === 'parallel' && !completed.has(above) && isFinal(above, active)) {
    completed.add(above);
    actions.push({ kind: 'done', id: above.id, params: undefined });
    above = above.parent;
  }
  return above === undefined;
}

/** Two transitions that leave the same states can't both be taken: the inner one wins, else the earlier. */
function withoutConflicts(configuration: Configuration, enabled: readonly Transition[]): readonly Transition[] {
  if (enabled.length === 1) return enabled;
  const kept = new Set<Transition>();
  for (const transition of enabled) {
    const leaves = exitSet(configuration, [transition]);
    const rivals = [...kept].filter((other) => exitSet(configuration, [other]).some((node) => leaves.includes(node)));
    if (!rivals.every((other) => isDescendant(transition.source, other.source))) continue;
    for (const rival of rivals) kept.delete(rival);
    kept.add(transition);
  }
  return [...kept];
}

function exitSet(configuration: Configuration, transitions: readonly Transition[]): readonly StateNode[] {
  const left = new Set<StateNode>();
  for (const transition of transitions) {
    if (targetsOf(transition).length === 0) continue;
    const domain = domainOf(transition);
    if (transition.reenter && transition.source === domain) left.add(transition.source);
    for (const node of configuration.nodes) if (isDescendant(node, domain)) left.add(node);
  }
  return [...left];
}

/** The innermost state that a transition stays within; `undefined` for one that leaves even the root and comes back. */
function domainOf(transition: Transition): StateNode | undefined {
  const { source, reenter } = transition;
  const targets = targetsOf(transition);
  if (!reenter && targets.every((target) => target === source || isDescendant(target, source))) return source;
  const [head, ...tail] = [...targets, source];
  const shared =
    head === undefined ? undefined : ancestorsOf(head).find((node) => tail.every((one) => isDescendant(one, node)));
  if (shared !== undefined) return shared;
  return reenter ? undefined : source.machine.root;
}

/** The states that transitions enter. */
class Entry {
  readonly nodes = new Set<StateNode>();
  /** Those whose initial transition is taken with its actions. */
  readonly byDefault = new Set<StateNode>();

  add(transition: Transition): void {
    const { source, reenter } = transition;
    const domain = domainOf(transition);
    for (const target of targetsOf(transition)) {
      if (source !== target || source !== domain || reenter) this.#enterByDefault(target);
      this.#descend(target);
    }
    const limit = source.parent === undefined && reenter ? undefined : domain;
    for (const target of targetsOf(transition)) {
      const above = [...ancestorsOf(target, domain)];
      if (domain?.type === 'parallel') above.push(domain);
      this.#ascend(above, limit);
    }
  }

  #enterByDefault(node: StateNode): void {
    this.nodes.add(node);
    this.byDefault.add(node);
  }

  #descend(node: StateNode): void {
    if (node.type === 'compound') {
      const [first] = (node.initial?.target ?? []) as readonly StateNode[];
      if (first === undefined) return;
      this.#enterByDefault(first);
      this.#descend(first);
      this.#ascend(ancestorsOf(first, node), undefined);
    } else if (node.type === 'parallel') {
      for (const child of childrenOf(node)) {
        if (this.#isEntered(child)) continue;
        this.#enterByDefault(child);
        this.#descend(child);
      }
    }
  }

  #ascend(above: readonly StateNode[], limit: StateNode | undefined): void {
    for (const node of above) {
      if (limit === undefined || isDescendant(node, limit)) this.nodes.add(node);
      if (node.type !== 'parallel') continue;
      for (const child of childrenOf(node)) {
        if (this.#isEntered(child)) continue;
        this.nodes.add(child);
        this.#descend(child);
      }
    }
  }

  /** Whether something within it is entered already. */
  #isEntered(node: StateNode): boolean {
    return [...this.nodes].some((entered) => isDescendant(entered, node));
  }
}
