import type { AnyMachineSnapshot, StateValue } from 'xstate';
import type { Definition, Migrated, Outdated } from './definition.ts';
import { messageOf } from './errors.ts';
import type { ActorRecord, Timer } from './record.ts';
import { restore } from './statechart.ts';

/** A record that this build cannot take over; the message says why, and ends no sentence. */
export class NoMigration extends Error {
  override readonly name = 'NoMigration';
}

/**
 * The record of an older version as this build keeps it. A migration is a step: it counts, and time does not go back.
 * Asks, commands that wait and remembered requests are carried over as they are.
 *
 * @param now the clock's time (ms since 1970).
 * @throws NoMigration for a record of a newer build, and where the machine's `migrate` is missing, gives up or throws.
 * @throws when the machine has no such state as `migrate` has given.
 */
export function migrate(definition: Definition, record: ActorRecord, now: number): ActorRecord {
  const { type, version } = definition;
  // A record from a newer build may mean things that this one has never heard of.
  if (record.version > version) throw new NoMigration(`a newer build has written it: this one runs version ${version}`);
  if (definition.migrate === undefined) {
    throw new NoMigration(`this build runs version ${version}, and ${type} has no migrate function`);
  }
  const { value, context, timers, at: lastAt } = record;
  const migrated = called(definition.migrate, { value, context, timers, at: lastAt }, record.version);
  if (migrated === undefined) throw new NoMigration(`the migrate function of ${type} gives it up`);
  const at = Math.max(now, lastAt);
  return {
    ...record,
    value: migrated.value,
    context: migrated.context,
    timers: migrated.timers ?? timersAfter(definition, record, migrated, at),
    version,
    seq: record.seq + 1,
    at,
  };
}

function called(
  migrate: NonNullable<Definition['migrate']>,
  outdated: Outdated,
  fromVersion: number,
): Migrated | undefined {
  try {
    return migrate(outdated, fromVersion);
  } catch (error) {
    throw new NoMigration(`the migrate function throws: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Leaving a state cancels its timers, and entering one starts them, as with any other transition; the timers of states
 * that stay go on.
 */
function timersAfter(definition: Definition, record: ActorRecord, migrated: Migrated, at: number): readonly Timer[] {
  const snapshot = restore(definition.machine, migrated);
  const active = new Set(snapshot._nodes.map(({ id }) => id));
  const kept = record.timers.filter((timer) => {
    const state = stateOfTimer(timer);
    return state === undefined || active.has(state);
  });
  const before = pathsIn(record.value, definition.machine.id);
  const entered = snapshot._nodes.filter(({ machine, path }) => !before.has([machine.id, ...path].join('.')));
  const started = entered.flatMap((node) => node.after).flatMap((after) => timerOf(snapshot, after, at));
  const newIds = new Set(started.map(({ id }) => id));
  return [...kept.filter(({ id }) => !newIds.has(id)), ...started];
}

/** The state whose `after` a timer is; `undefined` for one that a delayed raise has started. */
export function stateOfTimer({ event }: Pick<Timer, 'event'>): string | undefined {
  return /^xstate\.after\.[^.]+\.(.+)$/.exec(event.type)?.[1];
}

type After = AnyMachineSnapshot['_nodes'][number]['after'][number];

/** The timer of one `after`. A delay of Infinity is none (decision 0007). */
function timerOf({ machine, context }: AnyMachineSnapshot, after: After, at: number): readonly Timer[] {
  const { eventType, delay } = after;
  const declared: unknown = typeof delay === 'string' ? machine.implementations.delays[delay] : delay;
  const event = { type: 'migrate', at };
  const ms = typeof declared === 'function' ? Number(declared({ context, event })) : Number(declared);
  if (ms === Number.POSITIVE_INFINITY) return [];
  return [{ id: eventType, dueAt: at + Math.max(0, Math.ceil(ms)), event: { type: eventType } }];
}

/** The paths of all states in a value, inner and outer, whether or not a machine has them. */
function pathsIn(value: StateValue, prefix: string): ReadonlySet<string> {
  const paths = new Set([prefix]);
  if (typeof value === 'string') return paths.add(`${prefix}.${value}`);
  for (const [name, inner] of Object.entries(value)) {
    paths.add(`${prefix}.${name}`);
    if (inner !== undefined) for (const path of pathsIn(inner, `${prefix}.${name}`)) paths.add(path);
  }
  return paths;
}
