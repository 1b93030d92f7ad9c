import { createHash } from 'node:crypto';
import { RuntimeError } from '../../../runtime/errors.ts';
import { encodeChecked, entryKey } from '../../../runtime/level/keys.ts';
import { FORMAT } from '../../../runtime/level/start.ts';
import type { StoredRow, StoreSnapshot } from '../../../runtime/ports.ts';
import { type Advance, type FileWork, Turns } from '../advance.ts';
import { boundsOf, counted, feedHeadOf, soundItem } from '../snapshot-rows.ts';
import { actorLine, DUMP_FORMAT, entryLine, type Line, type LineCounts, type TrailerLine } from './lines.ts';
import { base64 } from './record-json.ts';

/** How much text is handed over at once. */
const CHUNK_BYTES = 128 * 1024;

/**
 * Writes all that a snapshot holds as NDJSON: a header, the actors by address, the journal entries in the order of the
 * feed, the readers' places, a trailer. What can be derived is left out. The same store always gives the same text.
 *
 * @throws RuntimeError STORE_CORRUPT, which names it, for whatever is damaged or missing.
 */
export async function* dumpOf(snapshot: StoreSnapshot): FileWork {
  const chunks = new Chunks();
  const entries = yield* counted(snapshot, 'journal');
  const total = await feedHeadOf(snapshot);
  if (entries !== total) {
    const message = `${snapshot.directory} has ${entries} journal entries and ${total} places in the feed. `;
    throw new RuntimeError('STORE_CORRUPT', `${message}ordo doctor names those that are missing.`);
  }
  chunks.add({ kind: 'header', ordo: 'dump', format: DUMP_FORMAT, store: FORMAT });
  const counts = { actors: 0, entries: 0, cursors: 0, notes: 0 };
  const turns = new Turns();
  for (const part of ['actors', 'feed', 'meta'] as const) {
    const { from, to } = boundsOf(part);
    for await (const page of snapshot.rows(from, to)) {
      for (const row of page) {
        chunks.addText(lineOf(row, snapshot, counts));
        await turns.pass();
        if (chunks.bytes >= CHUNK_BYTES) yield { ...progress(part, counts, total), bytes: chunks.take() };
      }
      yield progress(part, counts, total);
    }
  }
  const trailer: TrailerLine = { kind: 'trailer', ...counts, sha256: chunks.digest() };
  chunks.add(trailer);
  yield { ...progress('meta', counts, total), bytes: chunks.take() };
}

type Counts = { -readonly [Kind in keyof LineCounts]: LineCounts[Kind] };

function progress(part: 'actors' | 'feed' | 'meta', { actors, entries }: Counts, total: number): Advance {
  if (part === 'actors') return { part: 'actors', done: actors, total: null, unit: 'actors' };
  return { part: 'journal', done: entries, total, unit: 'entries' };
}

/** The line for a row; nothing for one that is derived. */
function lineOf(row: StoredRow, snapshot: StoreSnapshot, counts: Counts): string | undefined {
  const item = soundItem(row, snapshot.directory);
  switch (item.part) {
    case 'actors':
      counts.actors += 1;
      return actorLine(item.address, item.actor);
    case 'feed': {
      counts.entries += 1;
      const { position, address, seq } = item;
      if (position !== counts.entries) throw missing(`Feed item ${counts.entries}`, snapshot);
      const key = entryKey(encodeChecked(address), seq);
      const value = snapshot.get(key);
      if (value === undefined) throw missing(`Journal entry ${seq} of ${address}`, snapshot);
      const entry = soundItem({ key: Buffer.from(key), value }, snapshot.directory);
      if (entry.part !== 'journal') throw missing(`Journal entry ${seq} of ${address}`, snapshot);
      return entryLine(position, address, entry.bytes);
    }
    case 'meta': {
      if (item.kind === 'format') return undefined;
      if (item.kind === 'note') {
        counts.notes += 1;
        return JSON.stringify({ kind: 'note', name: item.name, bytes: base64(item.bytes) });
      }
      counts.cursors += 1;
      return JSON.stringify({ kind: 'cursor', reader: item.reader, position: item.position });
    }
    case 'journal':
    case 'open':
    case 'index':
    case 'counts':
      return undefined;
  }
}

function missing(what: string, { directory }: StoreSnapshot): RuntimeError {
  return new RuntimeError('STORE_CORRUPT', `${what} in ${directory} is missing. ordo doctor names all that is wrong.`);
}

/** Text that gathers until there is enough of it, and the digest of all of it. */
class Chunks {
  bytes = 0;
  #parts: Buffer[] = [];
  readonly #hash = createHash('sha256');

  add(line: Line): void {
    this.addText(JSON.stringify(line));
  }

  addText(text: string | undefined): void {
    if (text === undefined) return;
    const line = Buffer.from(`${text}\n`);
    this.#hash.update(line);
    this.#parts.push(line);
    this.bytes += line.length;
  }

  take(): Buffer {
    const all = Buffer.concat(this.#parts);
    this.#parts = [];
    this.bytes = 0;
    return all;
  }

  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
