import type { AnyEventObject, AnyStateMachine, MachineContext, StateValue } from 'xstate';
import type { ContextShape } from './context-shape.ts';

/** What the runtime wants to know of a machine, beside its chart. It matches the runtime's own `Definition`. */
export interface MachineDefinition {
  readonly type: string;
  readonly machine: AnyStateMachine;
  readonly version: number;
  readonly migrate?: (outdated: Outdated, fromVersion: number) => Migrated | undefined;
  readonly contextShape?: ContextShape;
  readonly commands: readonly string[];
  readonly creates?: string;
  readonly view: (state: Viewed) => unknown;
  readonly why: (
    guard: string,
    context: MachineContext,
    event: AnyEventObject,
  ) => { readonly why: string; readonly accepted?: number } | undefined;
  readonly facets: (state: Stored) => {
    readonly counts: readonly string[];
    readonly listing: { readonly at: number; readonly tags: readonly string[] } | null;
  };
  readonly redact: (event: AnyEventObject) => AnyEventObject;
}

/** A snapshot as it is stored. */
export interface Stored {
  readonly value: StateValue;
  readonly context: MachineContext;
}

/** A record of an older version, as a migration sees it. */
export interface Outdated extends Stored {
  readonly timers: readonly StoredTimer[];
  /** When its last step was taken (ms since 1970). */
  readonly at: number;
}

/** What a migration makes of it; without `timers`, they follow from the states that are left and entered. */
export interface Migrated extends Stored {
  readonly timers?: readonly StoredTimer[];
}

/** A timer that is running: `xstate.after.paymentWindow.order.payment.unpaid` and when it is due (ms since 1970). */
export interface StoredTimer {
  readonly id: string;
  readonly dueAt: number;
  readonly event: AnyEventObject;
  readonly trace?: string;
}

/** A snapshot together with whose it is, its version and its time (ms since 1970). */
export interface Viewed extends Stored {
  readonly address: string;
  readonly seq: number;
  readonly at: number;
}

const known = new WeakMap<object, readonly string[]>();

/** Under what an actor in these states is counted: `state:` and each active state's path. */
export function stateCounts(value: StateValue): readonly string[] {
  // All actors in the same states share one value: it is walked through once.
  let counts = typeof value === 'object' ? known.get(value) : undefined;
  if (counts === undefined) {
    counts = activeStates(value).map((state) => `state:${state}`);
    if (typeof value === 'object') known.set(value, counts);
  }
  return counts;
}

/** Every active state by its path: `payment.paid`, and for a chart without regions `committing`. */
export function activeStates(value: StateValue, prefix = ''): readonly string[] {
  if (typeof value === 'string') return [prefix + value];
  return Object.entries(value).flatMap(([key, inner]) =>
    inner === undefined ? [] : activeStates(inner, `${prefix}${key}.`),
  );
}

let lastSecond = Number.NaN;
let lastText = '';

/** ISO 8601 in UTC with milliseconds. */
export function iso(at: number): string {
  // Views hold several times of the same second, and so do those made after one another.
  const second = Math.floor(at / 1_000);
  if (second !== lastSecond) {
    lastText = new Date(second * 1_000).toISOString().slice(0, -4);
    lastSecond = second;
  }
  return `${lastText}${String(at - second * 1_000).padStart(3, '0')}Z`;
}

export function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at);
}

/** `SO-1001` of `order/SO-1001`. */
export function keyOf(address: string): string {
  return address.slice(address.indexOf('/') + 1);
}
