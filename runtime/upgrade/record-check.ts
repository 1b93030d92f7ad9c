import { isDeepStrictEqual } from 'node:util';
import type { AnyMachineSnapshot, StateValue } from 'xstate';
import { type Address, typeOf } from '../address.ts';
import type { Definition, Snapshot } from '../definition.ts';
import { messageOf } from '../errors.ts';
import { migrate, stateOfTimer } from '../migration.ts';
import { type ActorRecord, type Ask, type Timer, unpackRecord } from '../record.ts';
import { isBusy, restore, transition } from '../statechart.ts';
import { answerType } from '../step.ts';

/** What this build would make of a stored record. */
export type Verdict =
  /** It goes on as it is. */
  | { readonly kind: 'asIs' }
  /** It is of an older version, and its migration gives a record that fits. */
  | { readonly kind: 'migrates' }
  /** It would be refused, or would go wrong later. The problems name no ids, so that alike records are counted together. */
  | { readonly kind: 'breaks'; readonly problems: readonly string[] };

/** A record with what it is and what would become of it. */
export interface CheckedRecord {
  readonly machine: string;
  readonly version: number;
  /** `null` where the record cannot be read. */
  readonly value: StateValue | null;
  readonly verdict: Verdict;
}

/** The longest text of an error in a problem, in characters: what machines throw may be long. */
const MOST_TEXT = 200;

/**
 * Takes one stored record through this build's machines without running any of it: its version, its migration (twice),
 * its states, its context, its view and facets, its timers, asks and waiting commands. Pure.
 *
 * @param bytes the record, as stored.
 * @param now the clock's time (ms since 1970).
 */
export function checkRecord(
  definitions: ReadonlyMap<string, Definition>,
  address: Address,
  bytes: Uint8Array,
  now: number,
): CheckedRecord {
  let record: ActorRecord;
  try {
    record = unpackRecord(bytes);
  } catch (error) {
    const problems = [`the record cannot be read: ${textOf(error)}`];
    return { machine: typeOf(address), version: 0, value: null, verdict: { kind: 'breaks', problems } };
  }
  const { machine, version, value } = record;
  const definition = definitions.get(typeOf(address));
  const problems =
    definition === undefined
      ? [`this build has no machine called ${typeOf(address)}`]
      : machine === definition.type
        ? problemsOf(definitions, definition, address, record, bytes, now)
        : [`it is a record of the machine ${machine}`];
  if (problems.length > 0) return { machine, version, value, verdict: { kind: 'breaks', problems } };
  return { machine, version, value, verdict: { kind: version === definition?.version ? 'asIs' : 'migrates' } };
}

function problemsOf(
  definitions: ReadonlyMap<string, Definition>,
  definition: Definition,
  address: Address,
  stored: ActorRecord,
  bytes: Uint8Array,
  now: number,
): readonly string[] {
  let record = stored;
  let snapshot: AnyMachineSnapshot;
  try {
    if (stored.version !== definition.version) record = migrate(definition, stored, now);
    snapshot = restore(definition.machine, record);
  } catch (error) {
    return [textOf(error)];
  }
  const wrong = record === stored ? [] : migrationProblems(definition, record, bytes, stored, now);
  if (snapshot.status !== 'active') wrong.push('it would be in a final state, which no record is kept in');
  const unfit = contextProblems(definition, record);
  // Whatever looks at a context that does not fit would only say so once more, in worse words.
  if (unfit.length > 0) return [...wrong, ...unfit];
  return [
    ...wrong,
    ...viewProblems(definition, address, record),
    ...restProblems(snapshot, record.at),
    ...record.timers.flatMap((timer) => timerProblems(snapshot, timer)),
    ...record.asks.flatMap((ask) => askProblems(definitions, definition, ask)),
    ...(record.waiting.length > 0 && !isBusy(snapshot)
      ? ['commands wait for their answer, and it would be in no state that is busy with them']
      : []),
  ];
}

/** A migration that looks at a clock, or changes what it is given, would make of a record what nobody has checked. */
function migrationProblems(
  definition: Definition,
  migrated: ActorRecord,
  bytes: Uint8Array,
  given: ActorRecord,
  now: number,
): string[] {
  const untouched = unpackRecord(bytes);
  if (!isDeepStrictEqual(given, untouched)) {
    return ['its migrate function changes what it is given; let it answer with a new value'];
  }
  const again = migrate(definition, untouched, now);
  return isDeepStrictEqual(again, migrated) ? [] : ['its migrate function gives something else each time'];
}

function contextProblems({ contextShape }: Definition, { context }: Snapshot): readonly string[] {
  const unstorable = unstorableIn(context, '');
  if (unstorable !== undefined) return [`context: ${unstorable}`];
  const wrong = attempt(() => contextShape?.wrongIn(context));
  return wrong === undefined ? [] : [`context: ${wrong}`];
}

/** Where a value holds something that neither a record nor JSON keeps, by its path. */
function unstorableIn(value: unknown, path: string): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} is ${value}`;
  if (Array.isArray(value)) return firstOf(value, (inner) => unstorableIn(inner, `${path}[]`));
  if (typeof value !== 'object') return `${path} is ${typeof value}`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return `${path} is a ${value.constructor.name}`;
  return firstOf(Object.entries(value), ([key, inner]) => unstorableIn(inner, path === '' ? key : `${path}.${key}`));
}

function viewProblems(definition: Definition, address: Address, record: ActorRecord): readonly string[] {
  const { value, context, seq, at } = record;
  // A state that its words are missing for shows as a field that is undefined.
  const noView = attempt(() => unstorableIn(definition.view({ address, value, context, seq, at }), ''));
  const noFacets = attempt(() => {
    const { counts, listing } = definition.facets({ value, context });
    const names = [...counts, ...(listing?.tags ?? [])];
    if (names.some((name) => typeof name !== 'string' || name === '')) return 'a name is not text';
    return listing === null || isMoment(listing.at) ? undefined : 'it is listed at no moment';
  });
  return [
    ...(noView === undefined ? [] : [`its view cannot be made: ${noView}`]),
    ...(noFacets === undefined ? [] : [`its facets cannot be made: ${noFacets}`]),
  ];
}

/**
 * An actor at rest has nowhere to go by itself. One that has would go there with the next event, whatever that is: a
 * refused command would look like one that was taken.
 */
function restProblems(snapshot: AnyMachineSnapshot, at: number): readonly string[] {
  let next = snapshot;
  const failed = attempt(() => {
    ({ next } = transition(snapshot.machine, snapshot, { type: 'upgrade.check', at }));
    return next.status === 'error' ? textOf(next.error) : undefined;
  });
  if (failed !== undefined) return [`its guards cannot be asked: ${failed}`];
  if (next === snapshot) return [];
  const left = snapshot._nodes.filter((node) => !next._nodes.includes(node)).map(({ id }) => id);
  const where = left.length === 0 ? 'its state' : left.join(', ');
  return [`it would not stay in ${where}: an always transition leaves it at once; let migrate go where it leads`];
}

function timerProblems(snapshot: AnyMachineSnapshot, timer: Timer): readonly string[] {
  const { machine, _nodes: active } = snapshot;
  const { type } = timer.event;
  if (!isMoment(timer.dueAt)) return [`the timer ${timer.id} is due at no moment`];
  const state = stateOfTimer(timer);
  if (state === undefined) {
    return machine.events.includes(type) ? [] : [`no state takes ${type}, which a timer of it will raise`];
  }
  if (active.some((node) => node.id === state && node.ownEvents.includes(type))) return [];
  return active.some((node) => node.id === state)
    ? [`${state} has no such window any more: ${type} would come to nothing`]
    : [`the timer ${type} belongs to a state that it is not in`];
}

function askProblems(
  definitions: ReadonlyMap<string, Definition>,
  { machine }: Definition,
  { to, event }: Ask,
): readonly string[] {
  const answered = answerType(event.type);
  const problems: string[] = [];
  if (!machine.events.includes(answered)) {
    problems.push(`no state takes ${answered}, the answer that it waits for; keep it until no record asks`);
  }
  if (to.startsWith('service:')) return problems;
  const type = typeOf(to as Address);
  const asked = definitions.get(type);
  if (asked === undefined) problems.push(`it asks ${type}, of which this build has no machine`);
  else if (!asked.machine.events.includes(event.type)) {
    problems.push(`it asks ${event.type} of ${type}, which does not take that any more`);
  }
  return problems;
}

function isMoment(at: unknown): boolean {
  return Number.isSafeInteger(at) && Number(at) >= 0;
}

/** What is wrong according to somebody who answers so, or throws. */
function attempt(look: () => string | undefined): string | undefined {
  try {
    return look();
  } catch (error) {
    return textOf(error);
  }
}

function textOf(error: unknown): string {
  return messageOf(error).slice(0, MOST_TEXT);
}

function firstOf<T>(all: readonly T[], look: (one: T) => string | undefined): string | undefined {
  for (const one of all) {
    const found = look(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
