import { isDeepStrictEqual } from 'node:util';
import type { AnyEventObject } from 'xstate';
import type { Address } from '../../../runtime/address.ts';
import type { Definition } from '../../../runtime/definition.ts';
import { messageOf } from '../../../runtime/errors.ts';
import type { JournalEntry } from '../../../runtime/journal.ts';
import { type ActorRecord, pack, unpack, unpackRecord } from '../../../runtime/record.ts';
import { forgetAnswers, requestHashes } from '../../../runtime/requests.ts';
import { restore } from '../../../runtime/statechart.ts';
import { type Actor, answerType, type Input, LATE_ANSWER, newActor, step } from '../../../runtime/step.ts';
import { comparable, mayHaveBeen, safeAsks } from './secrets.ts';

/** Takes an actor through its history again, step by step, on the machine that this build has. */
export class Replay {
  readonly #definition: Definition;
  #actor: Actor;
  #last: Actor;
  #isBlocked = false;
  /** The first step that came out otherwise, in words. */
  #problem: string | undefined;
  #isOlder = false;

  constructor(address: Address, definition: Definition) {
    this.#definition = definition;
    this.#actor = newActor(address, definition, 0);
    this.#last = this.#actor;
  }

  /** Whether every step so far came out as it is written. */
  get isWhole(): boolean {
    return !this.#isBlocked && this.#problem === undefined;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  /** Whether steps were left out because an older version of the machine took them. */
  get isOlder(): boolean {
    return this.#isOlder;
  }

  /** The actor as it was when it last had a record, forgotten or not. */
  get last(): Actor {
    return this.#last;
  }

  /** An entry is missing or not to be trusted: what follows cannot be replayed, until a whole record comes. */
  block(): void {
    this.#isBlocked = true;
  }

  take(entry: JournalEntry): void {
    if (entry.record !== undefined) return this.#takeMigration(entry, unpackRecord(entry.record));
    // Machines of an older version may have taken whatever came before an actor began anew.
    if (entry.from === null && this.#definition.version > 1) this.#begin(entry.seq);
    if (this.#isBlocked || this.#problem !== undefined) return;
    let problem: string | undefined;
    for (const event of mayHaveBeen(this.#definition.type, entry.event)) {
      const differs = this.#try({ ...entry, event });
      if (differs === undefined) return;
      problem ??= differs;
    }
    this.#problem = `Step ${entry.seq} (${entry.event.type}) ${problem}`;
  }

  /** How the record at the end differs from what the history comes to, in words; `undefined` where it does not. */
  differenceTo(stored: ActorRecord | null): string | undefined {
    const { record } = this.#actor;
    if (record === null || stored === null) {
      if (record === stored) return undefined;
      return record === null ? 'it was forgotten, and its record is there' : 'it was not forgotten, and has no record';
    }
    const mine = this.#essence(record);
    const theirs = this.#essence(stored);
    const fields = (Object.keys(mine) as (keyof typeof mine)[]).filter(
      (field) => !isDeepStrictEqual(plain(mine[field]), plain(theirs[field])),
    );
    return fields.length === 0 ? undefined : `its ${fields.join(', ')} differ from what its history comes to`;
  }

  /**
   * The record that the history comes to. The answers to requests are in the journal, what they were asked with is not:
   * they count as answered long ago, so that none is done twice.
   */
  rebuilt(): ActorRecord | null {
    const { record } = this.#actor;
    if (record === null) return null;
    return { ...record, ...forgetAnswers(record), waiting: [], asks: safeAsks(this.#definition.type, record) };
  }

  #begin(seq: number): void {
    this.#isOlder ||= seq > 1;
    this.#actor = newActor(this.#actor.address, this.#definition, seq - 1);
    this.#isBlocked = false;
    this.#problem = undefined;
  }

  #takeMigration(entry: JournalEntry, record: ActorRecord): void {
    this.#begin(entry.seq);
    if (record.version !== this.#definition.version) {
      this.#isBlocked = true;
      return;
    }
    try {
      const snapshot = restore(this.#definition.machine, record);
      this.#actor = { ...this.#actor, record, snapshot, seq: entry.seq };
      this.#last = this.#actor;
    } catch (error) {
      this.#problem = `Step ${entry.seq} (${entry.event.type}) has a record that cannot be restored: ${messageOf(error)}`;
    }
  }

  #try(entry: JournalEntry): string | undefined {
    try {
      const result = step(this.#actor, inputOf(this.#actor, entry), entry.at);
      if (result.kind !== 'stepped') return `comes to nothing (${result.kind}), yet it is written`;
      for (const field of ['seq', 'at', 'from', 'to', 'announcements', 'by'] as const) {
        if (isDeepStrictEqual(plain(result.entry[field]), plain(entry[field]))) continue;
        return `comes to another "${field}" than is written: ${text(result.entry[field])}, not ${text(entry[field])}`;
      }
      const { actor, forgotten } = result;
      this.#last = actor;
      this.#actor = forgotten ? newActor(actor.address, actor.definition, actor.seq) : actor;
      return undefined;
    } catch (error) {
      return `cannot be taken again: ${messageOf(error)}`;
    }
  }

  /**
   * All of a record that its history determines, and that has been kept where a record was made from its history: which
   * requests are known, not how long their answers are remembered.
   */
  #essence(record: ActorRecord) {
    const { machine, version, seq, at, value, context, timers } = record;
    const { type } = this.#definition;
    return {
      machine,
      version,
      seq,
      at,
      value,
      context: comparable(type, context),
      timers: timers.map(({ id, dueAt, event }) => [id, dueAt, event]),
      asks: safeAsks(type, record).map(({ id, seq: askedBy, to, event }) => [id, askedBy, to, event.type]),
      requests: requestHashes(record),
    };
  }
}

const REQUEST = 'request:';
const TIMER = 'timer:';

/** What happened to the actor, as far as its entry says. */
function inputOf(actor: Actor, { event, cause, by, trace }: JournalEntry): Input {
  const traced = trace !== undefined && { trace };
  const timer = actor.record?.timers.find(({ id, event: due }) => cause === TIMER + id && due.type === event.type);
  if (timer !== undefined) return { kind: 'timer', timer };
  if (event.type === LATE_ANSWER) {
    return {
      kind: 'answer',
      ask: event.ask as string,
      seq: 0,
      answer: event.answer as AnyEventObject,
      cause,
      ...traced,
    };
  }
  const ask = actor.record?.asks.find(
    ({ id, event: asked }) => id === event.ask && answerType(asked.type) === event.type,
  );
  if (ask !== undefined) {
    const { type: _type, ask: _ask, ...answer } = event;
    return { kind: 'answer', ask: ask.id, seq: ask.seq, answer, cause, ...traced };
  }
  if (!actor.definition.commands.includes(event.type)) return { kind: 'message', event, cause, ...traced };
  const request = cause.startsWith(REQUEST) && { request: { id: cause.slice(REQUEST.length), hash: '' } };
  return { kind: 'command', event, cause, ...(by !== undefined && { by }), ...traced, ...request };
}

/** As it comes back from the disk. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : unpack(pack(value));
}

function text(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length > 200 ? `${json.slice(0, 200)}…` : json;
}
