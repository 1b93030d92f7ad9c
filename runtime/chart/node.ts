import type { AnyStateMachine, AnyTransitionDefinition } from 'xstate';

/** A state of a chart, as XState builds it from the machine's config. */
export type StateNode = AnyStateMachine['root'];

/** A transition of a chart. */
export type Transition = AnyTransitionDefinition;

export function childrenOf(node: StateNode): readonly StateNode[] {
  return Object.values(node.states);
}

export function isLeaf(node: StateNode): boolean {
  return node.type === 'atomic' || node.type === 'final';
}

export function isDescendant(node: StateNode, ancestor: StateNode | undefined): boolean {
  for (let above = node.parent; above !== undefined; above = above.parent) if (above === ancestor) return true;
  return ancestor === undefined;
}

/** The states around a node, the nearest first, up to `end`, which is left out. */
export function ancestorsOf(node: StateNode, end?: StateNode): readonly StateNode[] {
  const ancestors: StateNode[] = [];
  if (node === end) return ancestors;
  for (let above = node.parent; above !== undefined && above !== end; above = above.parent) ancestors.push(above);
  return ancestors;
}

/** The targets of a transition; none for one that stays where it is. */
export function targetsOf({ target }: Transition): readonly StateNode[] {
  return (target as readonly StateNode[] | undefined) ?? [];
}

/** In the order of the document: parents before children, as SCXML enters states. */
export function inDocumentOrder(nodes: Iterable<StateNode>): StateNode[] {
  return [...nodes].sort((a, b) => a.order - b.order);
}
