import type { AnyEventObject, AnyMachineSnapshot } from 'xstate';
import type { Address } from './address.ts';
import type { ActorState, Definition } from './definition.ts';
import { type Effect, effectOf } from './effects.ts';
import type { Announcement, JournalEntry } from './journal.ts';
import type { ActorRecord, Ask, Timer, Waiting } from './record.ts';
import { type Refusal, refusalOf } from './refusal.ts';
import { type RequestState, remember } from './requests.ts';
import { initialSnapshot, isBusy, transition } from './statechart.ts';
import type { OwnTrace } from './tracing.ts';

/** An actor in memory: its record and the live snapshot of it. `record: null` is one that was never written. */
export interface Actor {
  readonly address: Address;
  readonly definition: Definition;
  readonly record: ActorRecord | null;
  readonly snapshot: AnyMachineSnapshot;
  /** Its last sequence number, which a forgotten actor keeps. */
  readonly seq: number;
}

/** One thing that happens to an actor. */
export type Input =
  | {
      readonly kind: 'command';
      readonly event: AnyEventObject;
      readonly cause: string;
      readonly by?: string | undefined;
      readonly trace?: string | undefined;
      readonly request?: { readonly id: string; readonly hash: string } | undefined;
      readonly replyTo?: string | undefined;
    }
  | {
      readonly kind: 'message';
      readonly event: AnyEventObject;
      readonly cause: string;
      readonly trace?: string | undefined;
    }
  | {
      readonly kind: 'answer';
      readonly ask: string;
      /** The step that asked. */
      readonly seq: number;
      readonly answer: Readonly<Record<string, unknown>>;
      readonly cause: string;
      readonly trace?: string | undefined;
    }
  | { readonly kind: 'timer'; readonly timer: Timer };

/** What an accepted step leaves behind and lets loose. Nothing of it may leave before the record is synced. */
export interface Stepped {
  readonly kind: 'stepped';
  readonly actor: Actor;
  readonly entry: JournalEntry;
  /** The trace context of what caused it; the entry has its own. */
  readonly causedIn: string | undefined;
  readonly asks: readonly Ask[];
  readonly reply: { readonly payload: unknown } | undefined;
  readonly announcements: readonly Announcement[];
  /** The commands that this step answers, with the one answer for all of them. */
  readonly settled: readonly Waiting[];
  readonly answer: { readonly error: boolean; readonly bytes: Uint8Array } | undefined;
  /** The machine has come to its end: the record is to be deleted. */
  readonly forgotten: boolean;
}

export type StepResult =
  | Stepped
  /** Nothing changed: the event was a question or a repeat, and this is its answer. */
  | { readonly kind: 'replied'; readonly payload: unknown }
  | { readonly kind: 'refused'; readonly event: AnyEventObject; readonly refusal: Refusal }
  /** An answer to an ask that was canceled or replaced, which the machine does not want to hear of. */
  | { readonly kind: 'stale' };

/** An actor that has no record yet, or no longer. */
export function newActor(address: Address, definition: Definition, seq: number): Actor {
  return { address, definition, record: null, snapshot: initialSnapshot(definition.machine), seq };
}

/** An actor's state as views and facets see it. */
export function stateOf(actor: Actor): ActorState {
  const { value, context } = actor.snapshot;
  return { address: actor.address, value, context, seq: actor.seq, at: actor.record?.at ?? 0 };
}

/**
 * Takes one event: one transition, one record. Pure: the same actor, input and time always give the same result.
 *
 * @param now the clock's time (ms since 1970). An actor's own time never goes back.
 * @param ownTrace the trace context of the step itself; without it, it hands on that of what caused it.
 * @throws whatever the machine throws; nothing has changed then.
 */
export function step(actor: Actor, input: Input, now: number, ownTrace?: OwnTrace): StepResult {
  const at = Math.max(now, actor.record?.at ?? 0);
  const event = eventOf(actor, input, at);
  if (event === undefined) return { kind: 'stale' };

  const { next, actions } = transition(actor.definition.machine, actor.snapshot, event);
  const effects: Effect[] = [];
  for (const action of actions) {
    const effect = effectOf(action, at);
    if (effect !== undefined) effects.push(effect);
  }

  const unchanged = next === actor.snapshot;
  if (unchanged && actions.length === 0 && input.kind !== 'timer') {
    if (event.type === LATE_ANSWER) return { kind: 'stale' };
    return { kind: 'refused', event, refusal: refusalOf(actor.definition, actor.snapshot, event) };
  }
  if (unchanged && input.kind === 'message' && effects.length > 0 && effects.every(({ kind }) => kind === 'reply')) {
    return { kind: 'replied', payload: replyIn(effects)?.payload };
  }
  return stepped(actor, input, next, effects, at, ownTrace);
}

/** An answer whose ask is closed: the machine may take note of it, and mostly does not. */
export const LATE_ANSWER = 'answer.late';

/** The event that an answer comes in as: `prepare` is answered by `prepare.answered`. */
export function answerType(asked: string): string {
  return `${asked}.answered`;
}

/** What of an input the machine sees; `undefined` for an answer to an ask that has been replaced since. */
export function eventOf(actor: Actor, input: Input, at: number): AnyEventObject | undefined {
  switch (input.kind) {
    case 'command':
      return input.by === undefined ? timed(input.event, at) : { ...timed(input.event, at), by: input.by };
    case 'message':
      return timed(input.event, at);
    case 'timer':
      return timed(input.timer.event, at);
    case 'answer': {
      const asks = actor.record?.asks ?? [];
      const open = asks.find(({ id }) => id === input.ask);
      if (open === undefined) return { type: LATE_ANSWER, ask: input.ask, answer: input.answer, at };
      if (open.seq !== input.seq) return undefined;
      return timed(answeredEvent(open, input.answer), at);
    }
  }
}

/**
 * An event with the step's time. The literal comes first: V8 gives what is spread into a literal one shape, and what is
 * added to a copy a shape of its own each time, which costs ten times as much and 400 bytes.
 */
function timed(event: AnyEventObject, at: number): AnyEventObject {
  const copy = { at, ...event };
  copy.at = at;
  return copy;
}

/** The event that an answer comes in as. */
function answeredEvent({ id, event }: Ask, answer: Readonly<Record<string, unknown>>): AnyEventObject {
  const answered = { type: '', ask: id, ...answer };
  answered.type = answerType(event.type);
  answered.ask = id;
  return answered;
}

/** What the journal keeps of an input: the event without the step's time, which stands beside it. */
function keptEvent(actor: Actor, input: Input): AnyEventObject {
  switch (input.kind) {
    case 'command':
      return input.event;
    case 'message':
      return withoutTime(input.event);
    case 'timer':
      return withoutTime(input.timer.event);
    case 'answer': {
      const open = actor.record?.asks.find(({ id }) => id === input.ask);
      return open === undefined
        ? { type: LATE_ANSWER, ask: input.ask, answer: input.answer }
        : answeredEvent(open, input.answer);
    }
  }
}

function stepped(
  actor: Actor,
  input: Input,
  next: AnyMachineSnapshot,
  effects: readonly Effect[],
  at: number,
  ownTrace: OwnTrace | undefined,
): Stepped {
  const { definition, record } = actor;
  const seq = actor.seq + 1;
  const causedIn = traceOf(record, input);
  const trace = causedIn === undefined || ownTrace === undefined ? causedIn : ownTrace(causedIn, actor.address, seq);
  const open = openAfter(record, input, effects, seq, trace);

  const waiting =
    input.kind === 'command' ? [...(record?.waiting ?? NONE), waitingFor(input, seq, trace)] : record?.waiting;
  const settled = waiting === undefined || isBusy(next) ? NONE : waiting;
  const requests = remember(record ?? NO_REQUESTS, settled, seq);
  const state: ActorState = { address: actor.address, value: next.value, context: next.context, seq, at };
  const answer = settled.length === 0 ? undefined : answerOf(definition, state, effects);
  const announcements = announcedIn(effects);

  const entry: JournalEntry = {
    seq,
    at,
    event: definition.redact(keptEvent(actor, input)),
    cause: input.kind === 'timer' ? `timer:${input.timer.id}` : input.cause,
    by: input.kind === 'command' ? input.by : undefined,
    trace,
    from: record === null ? null : actor.snapshot.value,
    to: next.value,
    answer: settled.some(({ request }) => request !== undefined) ? answer : undefined,
    announcements,
    record: undefined,
  };
  const nextRecord: ActorRecord = {
    machine: definition.type,
    version: definition.version,
    seq,
    at,
    value: next.value,
    context: next.context,
    timers: open.timers,
    asks: open.asks,
    waiting: settled.length === 0 ? (waiting ?? NONE) : NONE,
    requests: requests.requests,
    expired: requests.expired,
  };
  return {
    kind: 'stepped',
    actor: { address: actor.address, definition, record: nextRecord, snapshot: next, seq },
    entry,
    causedIn,
    asks: open.asked,
    reply: replyIn(effects),
    announcements,
    settled,
    answer,
    forgotten: next.status === 'done',
  };
}

const NONE: readonly never[] = [];
const NO_REQUESTS: RequestState = { requests: NONE, expired: new Uint8Array(0) };

function waitingFor(input: Extract<Input, { kind: 'command' }>, seq: number, trace: string | undefined): Waiting {
  const waiting: { -readonly [Field in keyof Waiting]: Waiting[Field] } = { seq };
  if (input.request !== undefined) waiting.request = input.request;
  if (input.replyTo !== undefined) waiting.replyTo = input.replyTo;
  if (trace !== undefined) waiting.trace = trace;
  return waiting;
}

function replyIn(effects: readonly Effect[]): { readonly payload: unknown } | undefined {
  for (let index = effects.length - 1; index >= 0; index -= 1) {
    const effect = effects[index];
    if (effect?.kind === 'reply') return { payload: effect.payload };
  }
  return undefined;
}

function announcedIn(effects: readonly Effect[]): readonly Announcement[] {
  let announcements: Announcement[] | undefined;
  for (const effect of effects) {
    if (effect.kind !== 'announce') continue;
    announcements ??= [];
    announcements.push(effect.announcement);
  }
  return announcements ?? NONE;
}

/** The trace that a step belongs to: an answer goes on with that of its ask, a timer with that of who set it. */
function traceOf(record: ActorRecord | null, input: Input): string | undefined {
  switch (input.kind) {
    case 'command':
    case 'message':
      return input.trace;
    case 'answer':
      return input.trace ?? record?.asks.find(({ id }) => id === input.ask)?.trace;
    case 'timer':
      return input.timer.trace;
  }
}

/** The asks and timers that stand after this step; `asked` are the new ones among the asks. */
function openAfter(
  record: ActorRecord | null,
  input: Input,
  effects: readonly Effect[],
  seq: number,
  trace: string | undefined,
): { asks: readonly Ask[]; asked: readonly Ask[]; timers: readonly Timer[] } {
  let asks = record?.asks ?? NONE;
  let timers = record?.timers ?? NONE;
  // An answer that was taken ends its ask, and a timer that has fired is over, before the effects may start them anew.
  if (input.kind === 'answer') asks = asks.filter(({ id }) => id !== input.ask);
  if (input.kind === 'timer') timers = timers.filter(({ id }) => id !== input.timer.id);
  let asked: Map<string, Ask> | undefined;
  for (const effect of effects) {
    if (effect.kind === 'cancel') {
      if (timers.some(({ id }) => id === effect.id)) timers = timers.filter(({ id }) => id !== effect.id);
      if (asks.some(({ id }) => id === effect.id)) asks = asks.filter(({ id }) => id !== effect.id);
      asked?.delete(effect.id);
    } else if (effect.kind === 'timer') {
      const timer = trace === undefined ? effect.timer : { trace, ...effect.timer };
      timers = [...timers.filter(({ id }) => id !== timer.id), timer];
    } else if (effect.kind === 'ask') {
      const { id, to, event } = effect;
      asked ??= new Map();
      asked.delete(id);
      asked.set(id, trace === undefined ? { id, seq, to, event } : { id, seq, to, event, trace });
    }
  }
  if (asked === undefined || asked.size === 0) return { asks, asked: NONE, timers };
  const fresh = [...asked.values()];
  return { asks: [...asks.filter(({ id }) => asked.has(id) === false), ...fresh], asked: fresh, timers };
}

function answerOf(definition: Definition, state: ActorState, effects: readonly Effect[]) {
  const settle = effects.findLast((effect) => effect.kind === 'settle');
  const payload = settle === undefined ? definition.view(state) : settle.error;
  return { error: settle !== undefined, bytes: Buffer.from(JSON.stringify(payload)) };
}

/** Mostly the event itself: nobody but the step gives it a time. */
function withoutTime(event: AnyEventObject): AnyEventObject {
  if (!('at' in event)) return event;
  const { at: _at, ...rest } = event;
  return rest as AnyEventObject;
}
