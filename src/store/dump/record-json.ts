import type { JournalEntry } from '../../../runtime/journal.ts';
import type { ActorRecord } from '../../../runtime/record.ts';

/** A record as people read it: times in ISO 8601, bytes in base64. */
export type RecordJson = Omit<ActorRecord, 'at' | 'timers' | 'expired'> & {
  readonly at: string;
  readonly timers: readonly (Omit<ActorRecord['timers'][number], 'dueAt'> & { readonly dueAt: string })[];
  readonly expired: string;
};

/** A journal entry as people read it. `answer.body` is the JSON that was answered. */
export type EntryJson = Omit<JournalEntry, 'at' | 'answer' | 'record'> & {
  readonly previous: string;
  readonly at: string;
  readonly answer?: { readonly error: boolean; readonly body: unknown };
  readonly record?: string;
};

export function recordToJson({ at, timers, expired, ...rest }: ActorRecord): RecordJson {
  return {
    ...rest,
    at: iso(at),
    timers: timers.map(({ dueAt, ...timer }) => ({ ...timer, dueAt: iso(dueAt) })),
    expired: base64(expired),
  };
}

export function recordFromJson({ at, timers, expired, ...rest }: RecordJson): ActorRecord {
  return {
    ...rest,
    at: Date.parse(at),
    timers: timers.map(({ id, dueAt, event, ...timer }) => ({ id, dueAt: Date.parse(dueAt), event, ...timer })),
    expired: Buffer.from(expired, 'base64'),
  };
}

/** Throws for an answer that is no JSON. */
export function entryToJson(entry: JournalEntry & { readonly previous: Uint8Array }): EntryJson {
  const { previous, seq, at, answer, record, ...rest } = entry;
  return {
    seq,
    at: iso(at),
    ...rest,
    ...(answer !== undefined && {
      answer: { error: answer.error, body: JSON.parse(Buffer.from(answer.bytes).toString('utf8')) as unknown },
    }),
    ...(record !== undefined && { record: base64(record) }),
    previous: Buffer.from(previous).toString('hex'),
  };
}

export function entryFromJson({ previous, at, answer, record, ...rest }: EntryJson): {
  readonly previous: Uint8Array;
  readonly entry: JournalEntry;
} {
  const entry = {
    ...rest,
    at: Date.parse(at),
    ...(answer !== undefined && {
      answer: { error: answer.error, bytes: Buffer.from(JSON.stringify(answer.body)) },
    }),
    ...(record !== undefined && { record: Buffer.from(record, 'base64') }),
  };
  return { previous: Buffer.from(previous, 'hex'), entry };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
