import { hash } from 'node:crypto';
import type { AnyStateMachine } from 'xstate';
import type { Definition } from '../definition.ts';

/** What of a machine its records depend on. */
export interface Build {
  readonly version: number;
  /** A hash of its states, of the events and windows that each takes, and of the shape of its context. */
  readonly fingerprint: string;
}

/** What a build's machines are, by type. Two builds with the same take the same records. */
export function buildOf(definitions: ReadonlyMap<string, Definition>): ReadonlyMap<string, Build> {
  return new Map(
    [...definitions].map(([type, definition]) => [
      type,
      { version: definition.version, fingerprint: fingerprintOf(definition) },
    ]),
  );
}

function fingerprintOf({ machine, contextShape }: Definition): string {
  const parts = [statesIn(machine.root), contextShape?.text ?? null];
  return hash('sha256', JSON.stringify(parts)).slice(0, 16);
}

/** In an order of their own, so that it does not matter in which they are written down. */
function statesIn(node: AnyStateMachine['root']): readonly unknown[] {
  const always = (node.always ?? []).map(({ guard, target }) => [nameOf(guard), target?.map(({ id }) => id) ?? []]);
  const own = [node.id, node.type, node.tags.toSorted(), node.ownEvents.toSorted(), always];
  const inner = Object.values(node.states).flatMap((child) => statesIn(child));
  return [own, ...inner].toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** A machine names all its guards (registration sees to it). */
function nameOf(guard: unknown): string | null {
  if (typeof guard === 'string') return guard;
  return typeof guard === 'object' && guard !== null && 'type' in guard ? String(guard.type) : null;
}
